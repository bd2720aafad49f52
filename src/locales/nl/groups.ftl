# Groups, topics, lists, kinds of posts

## Soorten berichten

kind-question = Vraag
    .what = Iets wat je van collega's wilt weten.
kind-tip = Tip
    .what = Iets kleins waar een ander vandaag iets aan heeft.
kind-practice = Praktijkvoorbeeld
    .what = Een aanpak die je gebruikt. Anderen kunnen vertellen hoe die bij hen werkte.
kind-announcement = Mededeling
    .what = Nieuws van de moderatoren voor iedereen in de groep.
kind-event = Bijeenkomst
    .what = Een dag en een plek waar je elkaar spreekt.
kind-answer = Antwoord
kind-comment = Reactie
mark-pinned = Vastgezet
mark-locked = Gesloten

ask-other = Wil je iets anders delen?
ask-rules = Zo gaan we met elkaar om in { $group }
tip-new = Tip delen
tip-title = Je tip
    .hint = Eén zin die zegt wat een ander kan doen.
    .empty = Vul je tip in.
    .short = Je tip is te kort. Schrijf hem als een hele zin.
tip-body = Uitleg
    .hint = Hoe werkt het, en waar vind je meer? Noem geen namen of andere gegevens waaraan iemand te herkennen is.
    .empty = Schrijf een korte uitleg bij je tip.
tip-send = Tip plaatsen
practice-new = Praktijkvoorbeeld delen
practice-title = Naam van de aanpak
    .hint = Bijvoorbeeld: een vast contactpersoon tot drie maanden na de achttiende verjaardag.
    .empty = Vul de naam van de aanpak in.
    .short = De naam is te kort. Schrijf op wat jullie doen.
practice-body = Beschrijving
    .hint = Wat was het probleem, wat doen jullie, wat levert het op en wat kost het? Noem geen namen of andere gegevens waaraan iemand te herkennen is.
    .empty = Beschrijf de aanpak, zodat anderen hem kunnen proberen.
practice-send = Praktijkvoorbeeld plaatsen
announcement-new = Mededeling plaatsen
announcement-title = Titel van de mededeling
    .hint = Zeg in één zin wat er nieuw is.
    .empty = Vul een titel in.
    .short = De titel is te kort. Zeg in één zin wat er nieuw is.
announcement-body = Tekst
    .hint = Voor wie is dit belangrijk, en wat moeten zij doen?
    .empty = Schrijf de tekst van de mededeling.
announcement-send = Mededeling plaatsen

## Ervaringen met een praktijkvoorbeeld

back-to-practice = Terug naar het praktijkvoorbeeld
tried-title = Hoe werkte het bij anderen?
tried-none = Nog niemand heeft verteld hoe dit werkte.
tried-tell = Jouw ervaring delen
tried-where = Bekijk per regio
tried-no-organisation = Zonder organisatie
tried-verdict = Hoe werkte het bij jullie?
    .empty = Kies hoe het bij jullie werkte.
tried-works = Werkt
tried-partly = Werkt deels
tried-not = Werkt niet
tried-body = Jouw ervaring
    .hint = Wat deden jullie, en wat maakte het verschil? Noem geen namen of andere gegevens waaraan iemand te herkennen is.
    .empty = Schrijf in een paar zinnen hoe het ging.
tried-send = Ervaring plaatsen
flash-tried = Bedankt. Je ervaring staat erbij.

## De pagina van een groep

group-useful = Nuttigst
group-none-useful = Nog niemand vond hier iets nuttig.
group-none-useful-how = Help je collega's: geef bij een goede vraag of tip aan dat die nuttig is.
group-share = Of deel iets anders:
group-purpose = Waarom deze groep er is
    .hint = Wat willen jullie samen bereiken?
group-carried = Wie deze groep draagt
    .hint = Bijvoorbeeld een organisatie, een team of een persoon.
group-rules = Regels
    .hint = Wie hier voor het eerst iets plaatst, ziet deze regels erbij.
group-agreed = Wat we hebben afgesproken
    .hint = Afspraken van de groep, bijvoorbeeld over reageren of bijeenkomsten.
group-review = Wanneer bekijken jullie de afspraken opnieuw?
    .hint = Op die dag krijgen de moderatoren hier een herinnering.
    .characters = Vul een datum in, bijvoorbeeld 2027-03-01.
group-review-on = We kijken hier opnieuw naar op
group-review-due = De groep wilde de afspraken opnieuw bekijken op
group-review-due-how = Kloppen ze nog? Kies dan een nieuwe datum.
group-review-now = Afspraken bekijken
group-part-what = De groep
group-part-why = Waarom en door wie
group-part-agreed = Regels en afspraken
group-topics = Thema's
    .hint = Waar gaat de groep over? Hooguit 5, met een komma ertussen.
    .long = Kies hooguit { $n } thema's.
    .characters = Een thema heeft letters en cijfers, geen spaties, en is hooguit 40 tekens lang.
group-moderators-lead = Moderatoren bewerken de groep, zetten berichten vast en sluiten gesprekken. Er is er altijd minstens één.
group-moderator = Moderator toevoegen
    .hint = De gebruikersnaam, bijvoorbeeld sanne. Iemand van een andere regio: naam@adres van die regio.
    .empty = Vul een gebruikersnaam in, bijvoorbeeld sanne.
    .characters = We vonden niemand met deze naam. Controleer de spelling.
group-moderator-name = Moderator toevoegen
group-moderator-remove = Geen moderator meer
group-moderator-remove-title = { $name } geen moderator meer maken?
group-moderator-remove-lead = Deze persoon blijft lid van de groep, maar kan de groep niet meer bewerken en geen gesprekken meer sluiten.
flash-moderator-named = De moderator is toegevoegd.
flash-moderator-removed = De moderator is van de lijst gehaald.

## Een groep voorstellen

groups-propose = Groep voorstellen
groups-propose-lead = Een beheerder bekijkt je voorstel. Komt de groep er, dan word jij de moderator. Je krijgt in elk geval bericht.
groups-propose-send = Voorstel versturen
groups-proposed-before = Deze voorstellen van jou wachten nog op een besluit:
group-reason = Waarom is deze groep nodig?
    .hint = Wie doen er mee, en wat mis je nu?
    .empty = Schrijf waarom deze groep nodig is. Dan kan de beheerder een besluit nemen.
flash-group-proposed = Je voorstel is verstuurd. Je krijgt bericht als er een besluit is.
admin-groups-title = Groepen
admin-groups-needy = Deze groepen vragen aandacht
admin-groups-bare = Deze groep heeft geen moderator. Voeg iemand toe die dat wil doen.
admin-groups-proposed = Voorgestelde groepen
admin-groups-lead = Leden stellen groepen voor. Keur je een voorstel goed, dan staat de groep er meteen en is het lid de moderator.
admin-groups-anyone = In deze omgeving kan ieder lid zelf een groep beginnen. Hier staan alleen voorstellen van vóór die keuze.
admin-groups-none = Er wachten geen voorstellen.
admin-groups-none-how = Zodra een lid een groep voorstelt, zie je die hier.
admin-groups-by = Voorgesteld door
admin-groups-why = Waarom
admin-groups-approve = Goedkeuren
admin-groups-refuse = Afwijzen
admin-groups-refuse-send = Voorstel afwijzen
group-refusal = Reden
    .hint = Het lid dat de groep voorstelde leest dit.
    .empty = Schrijf waarom je het voorstel afwijst.
admin-groups-more = Meer voorstellen
admin-groups-first = Terug naar het begin
flash-group-approved = De groep staat klaar. Het lid krijgt bericht.
flash-group-refused = Het voorstel is afgewezen. Het lid krijgt bericht.
flash-group-name-taken = De naam van deze groep is intussen in gebruik. Wijs het voorstel af en vraag om een andere naam.
notice-group-proposed = { $from } stelt een groep voor: { $detail }
notice-group-approved = Je groep { $group } staat klaar. Je bent er moderator van.
notice-group-refused = Je voorstel voor een groep is afgewezen. { $detail }
notice-moderator-named = Je bent nu moderator van { $group }.
notice-moderator-removed = Je bent geen moderator meer van { $group }.

## Groepen van andere regio's

regions-title = Wat andere regio's aanbieden
regions-none = We weten nog niet welke groepen andere regio's hebben.
regions-none-how = Zodra je een groep van een andere regio volgt, vragen we die regio elke dag welke groepen er zijn.
regions-of = Groepen van { $host }
regions-look = Bekijken en lid worden
regions-log-in = Inloggen en lid worden
regions-all = { $n ->
    [one] Bekijk deze groep
   *[other] Bekijk alle { $n } groepen
}
regions-more = Meer regio's
regions-ask = Nu bij alle regio's vragen
flash-regions-asked = We vragen het aan alle regio's die we kennen. Ververs de pagina over een minuut.

## Thema's

topics-title = Thema's
topics-lead = Kies een thema en zie wat erover geschreven is, hier en in andere regio's.
topics-none = Er zijn nog geen thema's.
topics-none-how = Zet een thema bij je volgende vraag, dan vinden anderen die terug.
topics-more = Meer thema's
topics-first = Terug naar het begin
topics-used = Veel gebruikt: { $topics }.
groups-topics = Zoek op thema
topic-threads = { $n ->
    [0] nog geen berichten
    [one] 1 bericht
    [1001] meer dan 1.000 berichten
   *[other] { $n } berichten
}
topic-empty = Over dit thema staat hier nog geen bericht.
topic-empty-how = Zet dit thema bij je volgende vraag of tip.
topic-side = Groepen en mensen
topic-groups = Groepen over dit thema
topic-people = Wie weet hier iets van?
topic-people-none = Nog niemand. Weet jij er iets van? Zet het thema op je profiel.
post-topics = Thema's
    .hint = Hooguit 5, met een komma ertussen, bijvoorbeeld: jeugdhulp, wmo.
    .long = Kies hooguit { $n } thema's.
    .characters = Een thema heeft letters en cijfers, geen spaties, en is hooguit 40 tekens lang.
member-topics = Waar weet je veel van?
    .hint = Hooguit 5 thema's, met een komma ertussen. Anderen vinden je hiermee.
    .long = Kies hooguit { $n } thema's.
    .characters = Een thema heeft letters en cijfers, geen spaties, en is hooguit 40 tekens lang.
member-knows = Weet veel van
member-tried = Ervaring

## Vragen zonder antwoord

home-unanswered = Zonder antwoord
unanswered-title = Vragen zonder antwoord
unanswered-lead = Weet jij iets? Ook een half antwoord helpt iemand verder.
waiting-older = Wacht langer dan 7 dagen
waiting-older-none = Geen enkele vraag wacht langer dan 7 dagen.
waiting-recent = Van de laatste 7 dagen
waiting-recent-none = Geen enkele vraag van de laatste 7 dagen wacht op antwoord.
waiting-count = { $n ->
    [1001] (meer dan 1.000)
   *[other] ({ $n })
}

## Volgen

follow = Volgen
unfollow = Niet meer volgen
following-title = Wat je volgt
following-lead = Je krijgt bericht als hier iets nieuws staat. Alleen jij ziet wat je volgt.
following-none = Je volgt nog niets.
following-none-how = Kies Volgen bij een gesprek, een thema of een lid.
following-posts = Gesprekken
following-topics = Thema's
following-members = Leden
following-more = Meer
following-first = Terug naar alles wat je volgt
flash-watched = Je volgt dit nu. Je krijgt bericht als er iets nieuws is.
flash-unwatched = Je volgt dit niet meer.

## Meer met een bericht doen

post-more = Meer
post-more-of = met het bericht van { $name }
post-history = Eerdere versies
post-turn-answer = Bij de antwoorden zetten
post-turn-comment = Bij de reacties zetten
post-pin = Bovenaan vastzetten
post-unpin = Niet meer vastzetten
post-lock = Gesprek sluiten
post-unlock = Gesprek weer openen
comment-login = Inloggen om te reageren
thread-locked = Dit gesprek is gesloten. Alleen moderatoren kunnen nog iets toevoegen.
flash-pinned = Dit bericht staat nu vast, bovenaan de groep.
flash-unpinned = Dit bericht staat niet meer vast.
flash-locked = Het gesprek is gesloten.
flash-unlocked = Het gesprek is weer open.
flash-turned-answer = Dit staat nu bij de antwoorden.
flash-turned-comment = Dit staat nu bij de reacties.
history-title = Eerdere versies
history-back = Terug naar het bericht
history-lead = Bij elke versie zie je wat er veranderde:
history-none = Er zijn geen eerdere versies bewaard.
history-now = Zoals het er nu staat
history-version = Latere versie
history-first = Eerste versie
history-added = toegevoegd:
history-removed = weggehaald:
history-end = (einde)
history-added-word = wat erbij kwam
history-removed-word = wat is weggehaald

## Als er iets niet kan

error-may-not-start = Dit mag je in deze groep niet plaatsen. Mededelingen zijn van de moderatoren.
error-locked = Dit gesprek is gesloten. Alleen moderatoren kunnen nog iets toevoegen.
error-only-asker-moves = Alleen de vraagsteller en de moderatoren van de groep kunnen dit veranderen.
error-last-moderator = Een groep heeft altijd minstens één moderator. Voeg eerst iemand anders toe.
error-too-many-proposals = Er wachten al vijf voorstellen van jou. Wacht tot daarover is besloten.
