# Reservekopieën

attention-backup-failed = De reservekopie van { $at } is niet gelukt. Laat dit aan je systeembeheerder zien. De machine meldde:
attention-backup-old = De laatste goede reservekopie is van { $at }. Vraag je systeembeheerder waarom er geen nieuwe is.
