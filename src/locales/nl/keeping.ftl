# Back-ups

attention-backup-failed = De back-up van { $at } is niet gelukt. Vraag het je systeembeheerder. De machine meldde:
attention-backup-old = De laatste goede back-up is van { $at }. Vraag je systeembeheerder waarom er geen nieuwe is.
