# Agenda in je eigen agenda, reeksen, en de mails over bijeenkomsten.

## Agendabestanden

calendar-name-region = Agenda van { $region }
calendar-name-group = Agenda van { $group }
calendar-name-mine = Mijn agenda bij { $region }
calendar-removed = Weggehaalde bijeenkomst
calendar-online = Online
calendar-join = Doe online mee: { $link }
calendar-more = Meer lezen of je afmelden: { $link }

## Je eigen agenda

calendar-title = Mijn agenda op je telefoon of computer
calendar-account-text = Zet de bijeenkomsten waar je bij bent in je eigen agenda. Ze blijven vanzelf kloppen.
calendar-lead = Met een eigen adres zet je alle bijeenkomsten waar je bij bent of misschien bij bent, in de agenda van je telefoon of computer. Verandert er iets, dan verandert je agenda mee.
calendar-secret = Wie het adres kent, ziet waar je bij bent, en de links om online mee te doen. Deel het dus met niemand.
calendar-make = Adres maken
calendar-renew = Nieuw adres maken
calendar-renew-text = Met een nieuw adres werkt het oude niet meer. Zet daarna het nieuwe adres in je agenda.
calendar-revoke = Adres intrekken
calendar-revoke-text = Het adres werkt dan niet meer. Wat al in je agenda stond, haal je daar zelf weg.
calendar-made-at = Je adres is gemaakt op
calendar-read-at = Je agenda keek er voor het laatst naar op
calendar-never-read = Er heeft nog geen agenda naar gekeken.
calendar-shown = Je adres
calendar-shown-once = Bewaar dit adres nu. We laten het maar één keer zien. Ben je het kwijt, maak dan een nieuw adres.
calendar-https = Adres voor Google Agenda of Outlook op het web: kopieer het en kies daar ‘Toevoegen via URL’
calendar-webcal = Op je telefoon of Mac: open deze link
calendar-open = Openen in je agenda
calendar-back = Terug naar mijn agenda-adres
calendar-subscribe = Abonneren in je eigen agenda
flash-calendar-revoked = Je agenda-adres is ingetrokken.

## Reeksen

series-last = laatste
series-days = { $n ->
        [one] elke dag
       *[other] elke { $n } dagen
    }
series-weeks = { $n ->
        [one] elke week op { $day }
       *[other] elke { $n } weken op { $day }
    }
series-months-date = { $n ->
        [one] elke maand op de { $date }e
       *[other] elke { $n } maanden op de { $date }e
    }
series-months-weekday = { $n ->
        [one] elke maand op de { $nth } { $day }
       *[other] elke { $n } maanden op de { $nth } { $day }
    }
series-until = tot en met { $day }
series-times = { $n } keer
series-title = Reeks: { $title }
series-in = In de groep
series-rule = Deze bijeenkomst is er
series-ended = Er komen geen nieuwe bijeenkomsten meer bij.
series-ahead = We maken de bijeenkomsten een half jaar vooruit. Voor elke bijeenkomst meld je je apart aan.
series-upcoming = Komende bijeenkomsten
series-past = Eerdere bijeenkomsten
series-none = Er zijn nu geen komende bijeenkomsten.
series-more = Latere bijeenkomsten
series-older = Nog eerdere bijeenkomsten
series-first = Naar het begin
series-cancelled = Gaat niet door
series-moved = Verplaatst
series-end = De reeks beëindigen
series-end-lead = Er komen geen nieuwe bijeenkomsten meer bij. Komende bijeenkomsten waar niemand voor is aangemeld, verdwijnen. Waar wel mensen voor zijn aangemeld, gaan niet door, en zij krijgen bericht.
series-end-send = Beëindigen
flash-series-ended = De reeks is beëindigd.
error-not-in-series = Deze bijeenkomst hoort niet bij een reeks.

## Een reeks in het formulier

repeat-unit = Herhalen
    .hint = Elke keer wordt een eigen bijeenkomst, waar mensen zich apart voor aanmelden.
repeat-unit-no = Niet herhalen
repeat-unit-days = Om de zoveel dagen
repeat-unit-weeks = Om de zoveel weken, op dezelfde weekdag
repeat-unit-months = Om de zoveel maanden
repeat-every = Om de hoeveel dagen, weken of maanden?
    .hint = 1 is elke dag, week of maand; 2 is om de dag, week of maand.
    .number = Om de hoeveel: vul een heel getal van 1 tot en met 99 in.
repeat-on = Welke dag van de maand?
    .hint = Alleen als je per maand herhaalt.
    .rule = Welke dag van de maand: de eerste keer is niet de laatste van die weekdag in de maand. Kies iets anders, of verander de eerste dag.
repeat-on-date = Dezelfde datum, zoals de 12e
repeat-on-weekday = Dezelfde weekdag, zoals de derde donderdag
repeat-on-last = De laatste weekdag, zoals de laatste donderdag
repeat-until = Tot en met welke dag?
    .hint = Zoals 1-7-2027. Vul dit in, of hoe vaak.
    .moment = Tot en met welke dag: vul een dag in, zoals 1-7-2027.
    .before-start = Tot en met welke dag: kies een dag na de eerste keer.
    .far = Tot en met welke dag: dit worden meer dan 200 keer, of het is meer dan vijf jaar verder. Kies een eerdere dag.
    .rule = Vul in tot en met welke dag het terugkomt, of hoe vaak. Eén van de twee.
repeat-times = Hoe vaak?
    .hint = Hoeveel keer in totaal, de eerste meegeteld. Ten hoogste 200.
    .number = Hoe vaak: vul een heel getal van 2 tot en met 200 in.
refused-other-day = { $label }: van alle volgende bijeenkomsten kun je de tijd veranderen, niet de dag. Verander de dag van deze ene, of beëindig de reeks en begin een nieuwe.

## Mails over bijeenkomsten

notice-event-reminder-today = Vandaag is "{ $title }".
mail-event-when = Wanneer: { $when }
mail-event-where = Waar: { $place }
mail-event-where-online = Waar: online
mail-event-where-both = Waar: { $place }, of online
mail-event-line = Er { $n ->
        [one] staat { $n } iemand
       *[other] staan { $n } mensen
    } voor je op de wachtlijst.
mail-event-off = Het gaat niet door.
mail-event-join = Doe online mee
mail-event-open = De bijeenkomst bekijken
mail-event-guest = Je aanmelding bekijken of je afmelden
mail-event-name = bijeenkomst
adminmail-kind-event = Over een bijeenkomst
