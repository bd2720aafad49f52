# De agenda: lijsten en maanden van bijeenkomsten, interesse in een bijeenkomst over een vraag, verslagen.

agenda-title = Agenda
agenda-of = Agenda van { $name }
agenda-mine = Mijn agenda
agenda-lead = Alle bijeenkomsten van onze groepen, en van de groepen elders die we volgen.
agenda-to-mine = Naar mijn agenda
agenda-mine-lead = Waar je bij bent of misschien komt, waar je op een plek wacht, en wat je organiseert.
agenda-tabs = Wat de agenda laat zien
agenda-coming = Wat komt
agenda-month = Maand
agenda-past = Geweest
agenda-months = Andere maanden
agenda-this-month = Deze maand
agenda-later = Latere bijeenkomsten
agenda-earlier = Eerdere bijeenkomsten
agenda-begin = Terug naar het begin
agenda-today = vandaag
agenda-tomorrow = morgen
agenda-on-today = Vandaag, { $day }
agenda-on-tomorrow = Morgen, { $day }
agenda-until = tot { $moment }
agenda-there = daar { $time } ({ $place })
agenda-online = Online
agenda-also-online = ook online
agenda-report = Verslag
agenda-cancelled = Gaat niet door
agenda-moved = Verplaatst
agenda-now = Nu bezig
agenda-mine-organise = Je organiseert
agenda-mine-in = Je komt
agenda-mine-waiting = Je staat op de wachtlijst
agenda-mine-asked = De organisator beslist nog
agenda-mine-sent = Aangemeld, nog geen antwoord
agenda-mine-maybe = Je komt misschien
agenda-mine-refused = Je kunt er niet bij zijn
agenda-mine-no = Je komt niet
agenda-no-sign-up = Aanmelden hoeft niet
agenda-sign-up-elsewhere = Aanmelden op een andere site
agenda-sign-up-closed = Aanmelden kan niet meer
agenda-full = Vol
agenda-left =
    { $n ->
        [one] Nog 1 plek
       *[other] Nog { $n } plekken
    }
agenda-more = nog { $n }
agenda-many-more = nog veel meer
agenda-more-on = op { $day }
agenda-none = Er staat niets in de agenda.
agenda-none-how = Weet je iets waar collega's samen iets aan hebben? Plan een bijeenkomst. Een uur online is al genoeg.
agenda-none-past = Hier is nog niets geweest.
agenda-none-past-how = Na een bijeenkomst vind je haar hier terug, met het verslag.
agenda-none-day = { $day }: er staat niets in de agenda.
agenda-none-month = Deze maand staat er niets in de agenda.
agenda-none-mine = Je agenda is nog leeg.
agenda-none-mine-how = Meld je aan voor een bijeenkomst, dan staat ze hier.
agenda-plan = Bijeenkomst plannen
agenda-plan-login = Log in om een bijeenkomst te plannen
agenda-plan-where = In welke groep plan je een bijeenkomst?
agenda-plan-lead = De leden van die groep zien haar het eerst. Iedereen kan haar vinden.
agenda-plan-no-group = Je bent nog geen lid van een groep. Kies er eerst een die bij je werk past.
agenda-subscribe = In je eigen agenda
agenda-subscribe-how = Abonneer je met Outlook, Apple of een andere agenda. Dan zie je ook wat er verandert.
agenda-ics-group = Agenda van deze groep (iCalendar)
agenda-ics-all = Agenda van deze omgeving (iCalendar)
agenda-ics-mine = Alleen jouw bijeenkomsten, op een geheim adres
agenda-next = Binnenkort
agenda-next-none = Er staat nog niets in de agenda.
agenda-of-group = Agenda van deze groep
agenda-whole = De hele agenda

## Interesse in een bijeenkomst over een vraag

interest-title = Bijeenkomsten over deze vraag
interest-say = Een bijeenkomst hierover lijkt me zinvol
interest-count =
    { $n ->
        [one] Een bijeenkomst hierover lijkt 1 collega zinvol.
       *[other] Een bijeenkomst hierover lijkt { $n } collega's zinvol.
    }
interest-login = Log in als jou dat ook zinvol lijkt
flash-interest = Genoteerd. Komt er een bijeenkomst over deze vraag, dan hoor je het.
flash-interest-back = Genoteerd. Je hoort het niet meer als er een bijeenkomst over deze vraag komt.
interest-sessions = Bijeenkomsten over deze vraag
agenda-from-question = Komt voort uit de vraag
agenda-question-elsewhere = op een andere omgeving

## Verslagen

look-back-title = Verslag
look-back-none = Wat is er besproken, en wat nemen jullie mee? Wie er niet bij was, leest het hier terug.
look-back-write = Schrijf een verslag
look-back-read = Lees het verslag van { $name }
look-back-is-answer = Het is ook het antwoord op de vraag.
look-back-of = Verslag van de bijeenkomst
look-back-send = Verslag plaatsen
look-back-body = Verslag
    .hint = Wat is er besproken, en wat nemen jullie mee? Een halve pagina is genoeg. Noem geen namen of andere gegevens waaraan iemand te herkennen is.
    .empty = Schrijf in een paar zinnen wat er is besproken.
look-back-answer = Plaats het verslag ook als antwoord op de vraag
look-back-question = De vraag:
back-to-event = Terug naar de bijeenkomst
flash-report = Het verslag staat erbij.
flash-report-there = Deze bijeenkomst heeft al een verslag.
