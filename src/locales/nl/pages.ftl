# De woorden van de pagina's. We zeggen je; B1; knoppen zeggen wat er gebeurt. Zelfde sleutels als en.ftl.

## Het kader van elke pagina

frame-skip = Naar de inhoud
frame-menu = Hoofdmenu
frame-foot = Over deze omgeving
menu-home = Vragen
menu-groups = Groepen
log-in = Inloggen
log-out = Uitloggen
foot-about = Over deze omgeving
foot-accessibility = Toegankelijkheid
foot-source = Broncode
cancel = Annuleren
save = Opslaan
back-to-thread = Terug naar het gesprek

## Formulieren

form-problems = Controleer wat je hebt ingevuld
form-error-title = Fout:
form-optional = (niet verplicht)
form-all = Vul alle velden in. Als een veld niet verplicht is, staat dit erbij.
form-markdown = Zo maak je je tekst op: **vet**, *schuin*, een lege regel voor een nieuwe alinea, - voor een lijst, > voor een citaat.
refused-empty = Vul dit in: { $label }.
refused-short = { $label } is te kort. Gebruik minstens { $n } tekens.
refused-long = { $label } is te lang. Gebruik niet meer dan { $n } tekens.
refused-characters = { $label }: gebruik alleen kleine letters zonder accent, cijfers en het lage streepje (_).
refused-taken = { $label }: dit is al in gebruik. Kies iets anders.
refused-email = { $label }: vul een e-mailadres in zoals naam@voorbeeld.nl.

## Inloggen

login-title = Inloggen
login-name = Gebruikersnaam of e-mailadres
login-password = Wachtwoord
login-failed = De gebruikersnaam of het e-mailadres past niet bij dit wachtwoord. Controleer ze allebei en probeer het opnieuw.
login-kept = Je was uitgelogd. Wat je schreef is bewaard. Log in, dan kun je het alsnog versturen.
resume-page = Versturen wat je schreef
resume-lead = Wat je schreef is bewaard. Kijk het na en verstuur het.
resume-title = Titel of vraag
resume-body = Je tekst
resume-send = Versturen

## De eerste start

waiting-title = Deze omgeving is nog niet ingericht
waiting-lead = Er is nog geen beheerder, en er zijn nog geen groepen.
waiting-how = De link om alles in te richten staat in het venster of het logboek waar Meent is gestart. Open die link om te beginnen.
setup-page = Je omgeving inrichten
setup-lead = Dit doe je één keer. Daarna kun je meteen vragen stellen en andere regio's volgen.
setup-region = De regio
setup-url = Het adres van deze omgeving is
setup-url-stays = Dit adres kun je later niet meer veranderen. Het staat in alles wat hier geschreven wordt, en andere regio's herkennen deze omgeving eraan. Klopt het niet? Pas dan eerst public_url aan in de configuratie en start Meent opnieuw.
setup-region-name = Naam van de regio
    .hint = Bijvoorbeeld de gemeente of het samenwerkingsverband.
setup-region-about = Waar gaat deze omgeving over?
    .hint = Eén of twee zinnen voor wie hier voor het eerst komt.
setup-language = Taal
setup-admin = Jouw account
setup-display-name = Je naam
    .hint = Zo zien anderen je.
setup-name = Gebruikersnaam
    .hint = 3 tot 30 tekens: kleine letters, cijfers en _. Deze naam staat in het adres van je pagina. Je kunt deze naam later niet veranderen.
setup-email = E-mailadres
    .hint = Om in te loggen en om je te mailen. Anderen zien het niet.
    .empty = Vul een e-mailadres in zoals naam@voorbeeld.nl.
    .short = Vul een e-mailadres in zoals naam@voorbeeld.nl.
    .email = Vul een e-mailadres in zoals naam@voorbeeld.nl.
setup-password = Wachtwoord
    .hint = Minstens 12 tekens. Een zin is goed; plakken mag.
setup-mode = Andere omgevingen
setup-mode-local = Het adres van deze omgeving bestaat alleen op deze computer. Daarom wisselt de omgeving nu met niemand berichten uit.
setup-mode-fixed = Dit ligt vast in de configuratie:
mode-open = Open
    .text = Deze omgeving wisselt berichten uit met elke omgeving die dat wil, behalve met omgevingen die geblokkeerd zijn.
mode-allowlist = Alleen bekende omgevingen
    .text = Deze omgeving wisselt alleen berichten uit met omgevingen die de beheerder heeft toegelaten.
mode-closed = Gesloten
    .text = Deze omgeving wisselt met niemand berichten uit. Alles blijft hier.
setup-group = De eerste groep
setup-group-lead = In een groep stellen mensen vragen over één onderwerp. Later kun je er meer beginnen.
setup-send = Omgeving inrichten

## De eerste pagina

home-title = Vragen
home-tabs = Welke vragen
home-mine = Mijn groepen
home-all = Alles
home-own = Mijn vragen en antwoorden
home-what = Hier stellen mensen die voor gemeenten werken elkaar vragen, en delen ze wat werkt. Iedereen kan meelezen. Met een account doe je mee.
home-invited = Hoe word ik lid?
home-how = Zo werkt het
    .groups = Kies de groepen die bij je werk passen.
    .ask = Stel je vraag, of antwoord vanuit je ervaring. Het antwoord dat hielp, staat bovenaan.
    .borders = Doe ook mee in groepen van andere regio's, met hetzelfde account.
home-newest = Nieuwste vragen
home-empty = Er zijn nog geen vragen.
home-empty-how = De eerste vraag is vaak de moeilijkste. Kies een groep en begin.
home-no-groups = Je bent nog geen lid van een groep.
home-no-groups-how = Kies er een die bij je werk past. Dan staan de nieuwste vragen hier.
home-see-groups = Groepen bekijken
home-my-groups = Mijn groepen
home-groups = Groepen
home-more-groups = Alle groepen
home-side = Groepen
list-older = Oudere vragen
list-newest = Terug naar het nieuwste

card-answers = { $n ->
    [one] antwoord
   *[other] antwoorden
}
card-replies = { $n ->
    [one] reactie
   *[other] reacties
}
card-solved = opgelost
card-useful = { $n ->
    [one] 1 vindt dit nuttig
   *[other] { $n } vinden dit nuttig
}
card-in = in

## Groepen

groups-title = Groepen
groups-lead = In een groep delen mensen wat werkt, over één onderwerp. Je kunt ook lid worden van groepen van andere regio's, met je eigen account.
groups-ours = Groepen van { $region }
groups-theirs = Groepen van andere regio's
groups-none = Hier zijn nog geen groepen.
groups-none-admin = Begin er een: een onderwerp waar collega's elkaar al over bellen.
groups-theirs-none = We kennen nog geen groepen van andere regio's.
groups-theirs-how = Weet je er een? Zoek op de naam van de groep of het adres van de pagina.
groups-more = Meer groepen
groups-side = Zoeken en beginnen
groups-find-title = Groep van een andere regio zoeken
groups-find = Naam of adres
    .hint = Bijvoorbeeld jeugd@oldambt.example, of het adres van de pagina van de groep.
groups-find-send = Zoeken
groups-find-login = Wie is ingelogd, kan groepen van andere regio's zoeken.
groups-new-title = Mis je een groep?
groups-new = Groep beginnen
groups-new-lead = Je wordt zelf lid en moderator van de groep. De naam in het adres kun je later niet veranderen; de titel en de beschrijving wel.
groups-new-send = Groep beginnen
find-empty = Vul in welke groep je zoekt, bijvoorbeeld jeugd@oldambt.example.
find-nothing = We vonden geen groep met deze naam. Controleer de spelling, of plak het adres van de pagina van de groep.
find-no-answer = De andere omgeving gaf geen bruikbaar antwoord. Controleer de naam, of probeer het over een paar minuten opnieuw.
find-not-allowed = Deze omgeving wisselt geen berichten uit met die omgeving. Vraag de beheerder van jouw omgeving om die omgeving toe te laten.

group-title = Titel van de groep
    .hint = Zeg waar de groep over gaat, bijvoorbeeld "Jeugdhulp in de regio".
group-name = Naam in het adres
    .hint = 3 tot 30 tekens: kleine letters, cijfers en _, bijvoorbeeld jeugdhulp. Je kunt deze naam later niet veranderen.
group-about = Beschrijving
    .hint = Voor wie is de groep, en wat deel je er?
group-newest = Nieuwste
group-unanswered = Nog geen antwoord
group-tabs = Welke vragen
group-questions = { $n ->
    [one] 1 bericht
    [1001] meer dan 1.000 berichten
   *[other] { $n } berichten
}
group-open = { $n ->
    [one] 1 wacht op antwoord
    [1001] meer dan 1.000 wachten op antwoord
   *[other] { $n } wachten op antwoord
}
group-members = { $n ->
    [one] 1 lid
   *[other] { $n } leden
}
group-members-here = { $n ->
    [0] Uit deze omgeving is nog niemand lid.
    [one] 1 lid uit de omgevingen die we kennen
   *[other] { $n } leden uit de omgevingen die we kennen
}
group-moderated = Moderatoren
group-address = Adres van deze groep:
group-heading = Over deze groep
group-side = Over deze groep
group-join = Lid worden
group-join-login = Inloggen om lid te worden
group-leave = Groep verlaten
group-withdraw = Verzoek intrekken
group-member = Je bent lid van deze groep.
group-asked = Je hebt gevraagd om lid te worden.
group-edit = Groep bewerken
group-edit-lead = De naam in het adres kun je niet veranderen; de titel en de beschrijving wel.
group-refresh = Nieuwe vragen ophalen
group-lives-elsewhere = Deze groep is van een andere regio.
group-see-there = Bekijk op { $host }
group-pending = Je verzoek om lid te worden wacht op antwoord van { $host }. Je hoeft niets te doen: we vragen het vanzelf opnieuw.
group-no-answer = { $host } heeft een maand lang niet geantwoord op je verzoek om lid te worden. Wil je nog steeds meedoen? Vraag het dan opnieuw met de knop Lid worden.
group-rejected = { $host } heeft je verzoek om lid te worden afgewezen. Je kunt blijven meelezen. Neem contact op met die regio als je denkt dat dit niet klopt.
group-preview = Je ziet de laatste vragen van deze groep. Word lid, dan halen we ook de oudere vragen op en blijft deze pagina actueel.
group-empty = Hier is nog niets gevraagd.
group-empty-how = Een goede vraag is kort, en de toelichting zegt wat je al geprobeerd hebt. Zo bijvoorbeeld:
group-empty-elsewhere = We hebben hier nog geen vragen van deze groep.
group-empty-join = Word lid, dan halen we de vragen op die er al zijn.
group-example = Hoe houden jullie jongeren in beeld als ze achttien worden?
    .text = Bij ons raakt een op de vijf uit beeld. De overdracht naar de Wmo loopt over drie loketten. We hebben een vaste contactpersoon geprobeerd, maar die wisselt te vaak. Wie heeft dit anders geregeld?
group-all-answered = Er zijn geen vragen zonder antwoord.
group-all-answered-how = Kijk bij Nieuwste of je iets kunt aanvullen.
history-listing = We vragen { $host } wat er in deze groep staat.
history-progress = We halen oudere vragen op: { $done } van { $total } binnen.
history-look-again = Verversen
history-failed = Het ophalen van oudere vragen is niet gelukt. De andere omgeving gaf geen bruikbaar antwoord.
history-stuck = De andere omgeving antwoordt nu niet. We proberen het vanzelf opnieuw.
history-again = Opnieuw ophalen
history-some-failed = { $n ->
    [one] 1 oudere vraag konden we niet ophalen. De andere vragen zijn er.
   *[other] { $n } oudere vragen konden we niet ophalen. De andere vragen zijn er.
}

## Een vraag stellen

ask = Vraag stellen
ask-where = In welke groep?
ask-where-lead = Kies de groep die het best bij je vraag past. De leden van die groep lezen mee, ook in andere regio's.
ask-where-none = Je bent nog geen lid van een groep. Kies er eerst een die bij je werk past.
ask-where-other = Staat je groep er niet bij? Bekijk alle groepen
thread-pages = Meer antwoorden
thread-earlier = Vorige antwoorden
thread-later = Volgende antwoorden
ask-login = Inloggen en een vraag stellen
ask-elsewhere = Deze groep is van { $host }. Je vraag gaat daarheen en is daar te lezen, met je naam en de naam van deze omgeving.
joins = Plaats je iets, dan word je lid van deze groep. Je kunt de groep later verlaten.
ask-title = Je vraag
    .hint = Eén zin, zoals je het een collega zou vragen.
    .empty = Vul je vraag in.
    .short = Je vraag is te kort. Schrijf hem als een hele zin.
ask-body = Toelichting
    .hint = Wat speelt er, en wat heb je al geprobeerd? Noem geen namen of andere gegevens waaraan iemand te herkennen is.
    .empty = Schrijf een toelichting. Met een paar zinnen kunnen anderen je beter helpen.
ask-send = Vraag plaatsen
ask-preview = Voorbeeld bekijken
ask-preview-title = Zo komt je vraag eruit te zien

## Een gesprek

thread-answers = { $n ->
    [0] Nog geen antwoorden
    [one] 1 antwoord
   *[other] { $n } antwoorden
}
thread-no-answers = Weet jij hier iets van? Ook een half antwoord of een verwijzing naar een regeling of document helpt iemand verder.
thread-chosen-unknown = Er is een antwoord gekozen dat we hier nog niet hebben.
thread-lives = Dit gesprek hoort bij { $host }.
thread-see-there = Bekijk het daar
thread-side = Over deze groep
thread-unanswered = Vragen zonder antwoord
post-asker = stelde de vraag
post-edited = Bewerkt
post-useful = Nuttig
post-choose = Kiezen als antwoord
post-unchoose = Keuze ongedaan maken
post-chosen = Gekozen antwoord
post-chosen-helped = dit hielp { $name } verder
post-answer-by = Antwoord van { $name }
post-edit = Bewerken
post-delete = Verwijderen
post-reply = Reageren
post-to = Aan { $name }
post-removed = Verwijderd door de schrijver.
post-removed-title = Verwijderd bericht
reply-answer = Antwoord
    .hint = Antwoord vanuit je ervaring. Noem geen namen of andere gegevens waaraan iemand te herkennen is.
    .empty = Schrijf eerst je antwoord.
reply-answer-title = Jouw antwoord
reply-answer-send = Antwoord plaatsen
reply-comment = Reactie
    .hint = Noem geen namen of andere gegevens waaraan iemand te herkennen is.
    .empty = Schrijf eerst je reactie.
reply-comment-send = Reactie plaatsen
reply-login = Inloggen om te antwoorden
edit-title = Bewerken
edit-body = Je tekst
    .hint = Anderen zien dat de tekst is bewerkt, en wanneer.
    .empty = Je tekst is leeg. Wil je hem weghalen? Kies dan Verwijderen bij je bericht.
delete-title = Dit verwijderen?
delete-lead = Wat je schreef verdwijnt hier meteen. We vragen de omgevingen die het hebben gekregen om het ook te verwijderen. Je kunt dit niet ongedaan maken.
delete-replies = { $n ->
    [one] Er staat 1 antwoord of reactie onder. Die blijft staan, met een regel dat jij het bericht hebt verwijderd.
   *[other] Er staan { $n } antwoorden of reacties onder. Die blijven staan, met een regel dat jij het bericht hebt verwijderd.
}
delete-send = Verwijderen

## Leden

member-wrote = Vragen, antwoorden en reacties
member-nothing = Hier staat nog niets.
member-answer = Antwoord op een vraag
member-comment = Reactie in een gesprek
member-older = Oudere bijdragen
profile-edit = Profiel bewerken
profile-lead = Wie je bent en wat je doet, helpt anderen om je antwoord te wegen. Dit is openbaar.
profile-display-name = Je naam
    .hint = Zo zien anderen je.
profile-organisation = Organisatie
    .hint = Bijvoorbeeld Gemeente Gouda.
profile-role = Functie of rol
    .hint = Bijvoorbeeld jeugdconsulent of vrijwilliger.
profile-about = Over jou
    .hint = Waar weet je veel van? Waar mogen anderen je over vragen?

## Over

about-title = Over { $region }
about-members = { $n ->
    [one] Er is 1 lid.
   *[other] Er zijn { $n } leden.
}
about-groups = { $n ->
    [one] Er is 1 groep.
   *[other] Er zijn { $n } groepen.
}
about-others = Andere omgevingen
about-admin = Beheerder
about-host = Andere omgevingen kennen deze omgeving als { $host }. Mensen daar vinden een groep met naam@{ $host }.
about-privacy = Privacy
    .text = Wat je in een groep schrijft is openbaar: iedereen kan het lezen, ook zonder account. Het gaat ook naar de omgevingen die de groep volgen. Verwijder je iets, dan vragen we die omgevingen om het ook te verwijderen. Je e-mailadres blijft hier. We gebruiken alleen cookies die nodig zijn: om je ingelogd te houden, je taal te onthouden en na een formulier te melden wat er is gebeurd.
    .votes = Vind je iets nuttig, dan gaat dat met je naam naar de omgevingen die de groep volgen. Op de pagina's hier staat alleen een aantal.
about-software = Software
    .text = Deze omgeving draait op Meent { $version }. Iedereen mag de software gebruiken, bekijken en verbeteren.
about-accessibility = Hoe toegankelijk deze omgeving is
access-lead = Iedereen moet hier kunnen lezen en schrijven. We volgen de richtlijn WCAG 2.2, niveau AA.
access-what = Wat je kunt verwachten
access-keyboard = Alles werkt met alleen een toetsenbord, en je ziet waar je bent.
access-script = Alles werkt zonder JavaScript.
access-zoom = De tekst mag twee keer zo groot, en een smal scherm is geen probleem.
access-contrast = Kleur is nooit het enige verschil, en tekst heeft genoeg contrast, ook in de donkere weergave.
access-trouble = Lukt er iets niet?
    .text = Laat het weten aan de beheerder van { $region }. Zeg op welke pagina je was, wat je wilde doen en welk hulpmiddel je gebruikt.

## Berichten na een formulier

flash-logged-out = Je bent uitgelogd.
flash-set-up = Je omgeving staat klaar. Welkom!
flash-joined = Je bent lid van deze groep.
flash-asked-to-join = Je verzoek is verstuurd. De oudere vragen van deze groep worden opgehaald.
flash-left = Je hebt de groep verlaten.
flash-history-started = De oudere vragen worden opgehaald.
flash-refreshed = We hebben de nieuwste vragen opgehaald.
flash-group-started = De groep staat klaar. Stel de eerste vraag, dan zien anderen waar de groep over gaat.
flash-saved = Opgeslagen.
flash-deleted = Verwijderd.
flash-on-its-way = Geplaatst. Je bericht is onderweg naar de andere omgeving.
flash-chosen = Je hebt dit antwoord gekozen. De vraag staat nu als opgelost in de lijst.
flash-choice-undone = De keuze is ongedaan gemaakt.
flash-choice-sent = Je keuze is verstuurd naar de regio van deze vraag. Je ziet het hier zodra die regio je keuze heeft verwerkt.
flash-no-answer = De andere omgeving gaf geen bruikbaar antwoord. Probeer het later opnieuw.
flash-not-allowed = Deze omgeving wisselt geen berichten uit met die omgeving. Vraag de beheerder van jouw omgeving om die omgeving toe te laten.

## Als er iets niet kan

error-number = Fout { $n }
error-home = Naar de vragen
error-request = Help nodig? Geef de beheerder dit nummer:
error-groups = Naar de groepen
error-look-up = Deze groep zoeken bij de andere regio
error-wait = { $n ->
    [one] Het is te vaak achter elkaar geprobeerd. Wacht een minuut en probeer het dan opnieuw.
   *[other] Het is te vaak achter elkaar geprobeerd. Wacht { $n } minuten en probeer het dan opnieuw.
}
error-400 = Dit verzoek klopt niet
    .text = Het adres of het formulier was niet goed. Ga terug en probeer het opnieuw.
error-403 = Dit mag je niet doen
    .text = Vraag een moderator of de beheerder als je denkt dat dit niet klopt.
error-404 = Deze pagina is er niet
    .text = Misschien klopt het adres niet helemaal, of is de pagina weg.
error-405 = Zo werkt deze pagina niet
    .text = Ga terug en gebruik de knop op de pagina.
error-409 = Dit is intussen veranderd
    .text = Iemand anders was je net voor. Ga terug, ververs de pagina en probeer het opnieuw.
error-410 = Dit is verwijderd
    .text = Wat hier stond, is weggehaald.
error-413 = Dit is te groot
    .text = Je tekst of je bestanden samen zijn groter dan we kunnen verwerken. Ga terug, maak je tekst korter of kies kleinere afbeeldingen.
error-415 = Dit kunnen we niet lezen
    .text = Ga terug en verstuur het formulier op de pagina zelf.
error-422 = Dit klopt nog niet
    .text = Ga terug en controleer wat je hebt ingevuld.
error-429 = Even wachten
    .text = Het is te vaak achter elkaar geprobeerd. Wacht een paar minuten.
error-500 = Er ging iets mis bij ons
    .text = Het ligt niet aan jou. Probeer het straks opnieuw. Blijft het misgaan? Meld het bij de beheerder.
error-502 = De andere omgeving antwoordt niet goed
    .text = Wat je vroeg, moet van een andere omgeving komen. Probeer het over een paar minuten opnieuw.
error-503 = Even niet beschikbaar
    .text = We kunnen nu niet bij de gegevens. Wat je verstuurde, is niet opgeslagen. Probeer het over een halve minuut opnieuw.
error-cross-site = Dit formulier kwam niet van deze omgeving, daarom hebben we er niets mee gedaan. Open de pagina hier en probeer het opnieuw.
error-reply-to-removed = Het bericht waar je op reageert is verwijderd. Ga terug, kopieer je tekst en plaats hem ergens anders in het gesprek.
error-not-yours = Alleen wie het schreef, kan dit veranderen.
error-only-asker = Alleen de vraagsteller en de moderatoren van de groep kunnen een antwoord kiezen.
error-own-useful = Je eigen bericht kun je niet nuttig vinden.
error-stale = Dit formulier hoort bij een eerdere keer dat je was ingelogd. Ga terug, ververs de pagina en probeer het opnieuw.
error-only-moderators = Alleen de moderatoren van deze groep kunnen dit.
error-only-admins = Alleen de beheerder kan een groep beginnen. Vraag het aan de beheerder van deze omgeving.
error-other-group = Dit hoort bij een andere groep.
error-host-refused = Met deze omgeving wisselen wij geen berichten uit.
