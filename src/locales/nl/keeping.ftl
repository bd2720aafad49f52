# Reservekopieën

attention-backup-failed = De reservekopie van { $at } is niet gelukt. Laat dit aan je systeembeheerder zien. De machine meldde:
attention-backup-old = De laatste goede reservekopie is van { $at }. Vraag je systeembeheerder waarom er geen nieuwe is.
attention-backup-lost = { $n ->
    [one] In de laatste reservekopie ontbreekt een afbeelding die hier wel wordt getoond.
   *[other] In de laatste reservekopie ontbreken { $n } afbeeldingen die hier wel worden getoond.
} Vraag je systeembeheerder of de map met afbeeldingen nog heel is. Oudere reservekopieën blijven voorlopig staan.
