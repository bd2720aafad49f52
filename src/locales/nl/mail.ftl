# Mails, and what members are told

mail-test = Dit is een testbericht van { $region }. Komt het aan, dan werkt de mail van deze omgeving.
    .subject = Testbericht van { $region }
mail-see = Bekijk het op { $region }
mail-choose = Kiezen waarover je mail krijgt
mail-digest = { $n ->
    [one] Er is 1 ding gebeurd dat voor jou van belang is.
   *[other] Er zijn { $n } dingen gebeurd die voor jou van belang zijn.
}
    .subject = { $n ->
        [one] 1 nieuwe melding van { $region }
       *[other] { $n } nieuwe meldingen van { $region }
    }
mail-digest-other = Over je lidmaatschap en andere zaken
mail-stop-answer = Geen mail meer als iemand je vraag beantwoordt
mail-stop-comment = Geen mail meer als iemand op je reageert
mail-stop-mention = Geen mail meer als iemand je noemt
mail-stop-accepted = Geen mail meer als je antwoord is gekozen
mail-stop-useful = Geen mail meer als iemand iets van jou nuttig vindt
mail-stop-watched = Geen mail meer over wat je volgt
mail-stop-membership = Geen mail meer over je lidmaatschap
mail-stop-moderation = Geen mail meer over moderatie
mail-stop-digest = Dit overzicht niet meer krijgen

## Wat een lid verteld wordt

notice-answer = { $from } beantwoordde je vraag "{ $title }"
notice-comment = { $from } reageerde op je in "{ $title }"
notice-mention = { $from } noemde je in "{ $title }"
notice-accepted = Je antwoord op "{ $title }" is gekozen als het antwoord dat hielp
notice-useful = { $n ->
    [one] Iemand vindt nuttig wat je schreef in "{ $title }"
   *[other] { $n } mensen vinden nuttig wat je schreef in "{ $title }"
}
notice-new-thread = Nieuw van { $from } in { $group }: "{ $title }"
notice-new-reply = { $from } schreef iets in "{ $title }", dat je volgt
notice-mail-paused = Onze mail aan jou kwam drie keer terug. Daarom sturen we je geen mail meer. Controleer je e-mailadres.
notice-other = Er is iets veranderd dat jou aangaat. { $detail }
notice-somebody = Iemand
notice-a-group = een groep
notice-no-title = een bericht

## De pagina met meldingen

notes-title = Meldingen
notes-count = { $n ->
    [one] 1 ongelezen
   *[other] { $n } ongelezen
}
notes-unread = Ongelezen
notes-read-all = Alles als gelezen markeren
notes-settings = Kiezen wat je hier en per mail krijgt
notes-empty = Je hebt nog geen meldingen.
notes-empty-how = Hier zie je het als iemand je vraag beantwoordt, op je reageert of je noemt. Stel een vraag, of help iemand die op antwoord wacht.
notes-older = Oudere meldingen
notes-see-questions = Naar de vragen
flash-notes-read = Alles is als gelezen gemarkeerd.

## Kiezen

choose-title = Meldingen en mail
choose-lead = Meldingen staan op de pagina Meldingen. Kies per onderwerp of je daarnaast mail krijgt: meteen, of samen met andere meldingen in een overzicht.
choose-no-mail = Deze omgeving verstuurt nog geen mail. Wat je kiest, gaat in zodra dat wel zo is.
choose-address = We sturen mail naar { $address }.
choose-digest = Hoe vaak wil je het overzicht?
    .hint = Is er niets nieuws, dan krijg je geen mail.
choose-digest-daily = Elke dag om 7 uur
choose-digest-weekly = Elke maandag om 7 uur
choose-digest-off = Geen overzicht
choose-page = Op de pagina Meldingen
choose-always = Staat altijd op de pagina Meldingen.
choose-mail = Per mail
choose-mail-no = Geen mail
choose-mail-now = Meteen
choose-mail-digest = In het overzicht
choose-answer = Een antwoord op mijn vraag
choose-comment = Een reactie op wat ik schreef
choose-mention = Iemand noemt mij
choose-accepted = Mijn antwoord is gekozen
choose-useful = Iemand vindt nuttig wat ik schreef
choose-watched = Nieuws in een gesprek, thema of van een lid dat ik volg
choose-membership = Mijn lidmaatschap van deze omgeving en van groepen
choose-moderation = Besluiten van moderatoren over wat ik schreef
choose-paused = Je krijgt nu geen mail
    .text = Onze mail naar { $address } kwam drie keer terug. Klopt het adres, en neemt je mailbox weer mail aan? Dan proberen we het opnieuw. Klopt het adres niet, verander het dan.
choose-resume = Het adres klopt, stuur weer mail
flash-choices-saved = Je keuzes zijn opgeslagen.
flash-mail-resumed = We sturen je weer mail.

## Afmelden

stop-title = Mail stoppen
stop-asks-digest = Wil je het overzicht niet meer krijgen?
stop-asks-answer = Wil je geen mail meer als iemand je vraag beantwoordt?
stop-asks-comment = Wil je geen mail meer als iemand op je reageert?
stop-asks-mention = Wil je geen mail meer als iemand je noemt?
stop-asks-accepted = Wil je geen mail meer als je antwoord is gekozen?
stop-asks-useful = Wil je geen mail meer als iemand iets van jou nuttig vindt?
stop-asks-watched = Wil je geen mail meer over wat je volgt?
stop-asks-membership = Wil je geen mail meer over je lidmaatschap?
stop-asks-moderation = Wil je geen mail meer over besluiten van moderatoren?
stop-keeps = Andere mail blijft komen zoals je had gekozen.
stop-send = Stop deze mail
stop-done = Je krijgt deze mail niet meer.
stop-done-how = Was dat niet de bedoeling? Zet de mail dan weer aan.
stop-undo = Weer aanzetten
stop-undone = Je krijgt deze mail weer.
stop-more = Alles wat je kunt kiezen

## Mail voor de beheerder

adminmail-title = Mail
adminmail-lead = Hoe deze omgeving mail verstuurt, en wat je aandacht vraagt.
adminmail-set = De mail gaat via { $server }, poort { $port }, beveiligd met { $security }.
adminmail-set-none = De mail gaat via { $server }, poort { $port }, op deze machine.
adminmail-not-set = Er is geen mailserver ingesteld. Links voor nieuwe leden en nieuwe wachtwoorden staan hieronder. Geef ze zelf door.
adminmail-how = De mailserver stel je in met [mail] in het configuratiebestand of met MEENT_MAIL__SERVER en de andere variabelen. Herstart daarna de omgeving.
adminmail-settings = Instellingen
adminmail-fixed = Deze instellingen komen uit het configuratiebestand of de omgevingsvariabelen. Hier kun je ze niet veranderen.
adminmail-from = Afzender
adminmail-reply = Antwoordadres
adminmail-user = Inlognaam
adminmail-password = Wachtwoord
adminmail-password-set = Ingesteld, wordt niet getoond
adminmail-none = Niet ingesteld
adminmail-last = Laatste mail verstuurd
adminmail-never = Nog niet
adminmail-test = Een testbericht sturen
adminmail-address = E-mailadres
    .hint = Bijvoorbeeld je eigen adres.
adminmail-test-send = Testbericht sturen
adminmail-waiting = Wacht op een nieuwe poging
adminmail-waiting-lead = De mailserver nam deze mail nog niet aan. We proberen het vanzelf opnieuw.
adminmail-hurry = Nu opnieuw proberen
adminmail-next = Volgende poging
adminmail-held = Zelf door te geven
adminmail-held-lead = Geef de link door aan wie hem vroeg, bijvoorbeeld telefonisch. Wie de link heeft, kan hem gebruiken: geef hem aan niemand anders.
adminmail-link = Link
adminmail-no-link = In deze mail staat geen link.
adminmail-passed = Doorgegeven
adminmail-send-now = Alsnog mailen
adminmail-unsure = Onzeker of het aankwam
adminmail-unsure-lead = Deze mail is aan de mailserver gegeven, maar die zei niet of hij hem aannam. We sturen hem niet vanzelf nog een keer, want dan kan hij dubbel aankomen.
adminmail-failed = Niet verstuurd
adminmail-failed-lead = Deze mail is niet aangekomen en we proberen het niet meer.
adminmail-again = Opnieuw sturen
adminmail-drop = Weggooien
adminmail-paused = Leden die geen mail krijgen
adminmail-paused-lead = Bij deze leden kwam mail drie keer achter elkaar terug. Ze zien dat als ze inloggen. Ze krijgen weer mail als ze hun adres bevestigen of veranderen.
adminmail-since = Sinds
adminmail-to = Aan
adminmail-said = De mailserver zei
adminmail-kind-notice = Melding
adminmail-kind-digest = Overzicht
adminmail-fine = Alles is verstuurd. Er is niets dat je aandacht vraagt.
flash-mail-test-sent = Het testbericht is onderweg. Ververs deze pagina om te zien of de mailserver het aannam.
flash-mail-test-held = Er is geen mailserver ingesteld. Het testbericht staat hieronder.
flash-mail-again = De mail wordt opnieuw verstuurd.
flash-mail-not-again = Dat kan niet meer. Laat het lid de link opnieuw aanvragen.
flash-mail-dropped = De mail is weggegooid.
flash-mail-passed = Genoteerd. De tekst van de mail is gewist.
flash-mail-hurried = We proberen het nu opnieuw.
