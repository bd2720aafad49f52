# Andere omgevingen, voor beheerders: toestand, verbinden, lijsten van regio's

fed-tabs = Pagina's over andere omgevingen
fed-tab-servers = Omgevingen
fed-tab-rules = Toelaten en blokkeren
fed-tab-connections = Verbinden
fed-tab-regions = Lijsten van regio's
attention-requests = { $n ->
    [one] 1 andere omgeving vraagt om verbinding
   *[other] { $n } andere omgevingen vragen om verbinding
}
attention-lonely = Deze omgeving leest nog geen lijst van andere regio's.
attention-lonely-how = Vind groepen en vragen van andere regio's
regions-from-lists = Regio's vinden met een lijst

## Omgevingen

peers-search = Zoek een omgeving
peers-filter = Welke omgevingen
peers-all = Alle
peers-trouble = Met problemen
peers-waiting = Met berichten die wachten
peers-blocked = Geblokkeerd
peers-none = Hier past niets bij. Kies iets anders of zoek op een ander woord.
peers-first = Naar het begin
peer-state = Toestand
peer-blocked = Geblokkeerd: we wisselen geen berichten uit.
peer-not-allowed = Niet toegelaten: we wisselen geen berichten uit.
peer-given-up = Opgegeven: antwoordt niet sinds { $date }. Zodra deze omgeving zelf weer iets stuurt, proberen we het opnieuw.
peer-resting = Antwoordt niet. We proberen het weer op { $date }.
peer-trouble = Heeft problemen sinds { $date }.
peer-works = Werkt.
peer-never = Nog niets naartoe gestuurd.

## Eén omgeving

peer-not-yet = nog nooit
peer-waiting = { $n ->
    [0] niets
    [one] 1 bericht
   *[other] { $n } berichten
}
peer-oldest = het oudste van
peer-failures = { $n ->
    [one] 1 keer achter elkaar
   *[other] { $n } keer achter elkaar
}
peer-last-error = Wat er laatst misging
peer-raw = Technische melding
peer-do = Proberen
peer-test = Nu testen
    .text = We zoeken deze omgeving op, vragen wat voor software er draait en kijken of onze handtekening wordt aangenomen.
peer-tested = Zo ging de test
peer-resend = Alles wat wacht nu versturen
peer-theirs = Groepen daar waar onze leden in zitten
peer-theirs-none = Geen van onze leden zit in een groep van deze omgeving.
peer-ours = Groepen hier waar leden van daar in zitten
peer-ours-none = Niemand van deze omgeving zit in een groep van ons.
peer-followers = { $n ->
    [one] 1 lid van daar
   *[other] { $n } leden van daar
}
peer-resync = Opnieuw ophalen
peer-history-listing = De geschiedenis wordt opgezocht.
peer-history-fetching = De geschiedenis wordt opgehaald.
peer-history-done = De geschiedenis is opgehaald.
peer-history-wrong = Het ophalen van de geschiedenis lukt nog niet.
peer-thread = Een vraag of gesprek opnieuw vergelijken
    .hint = Het adres van het bericht op deze omgeving. Het begint met https://.
    .characters = Vul het adres in van een bericht op deze omgeving, dat begint met https://.
peer-thread-send = Vergelijken
peer-note = Notitie
    .hint = Alleen beheerders zien dit.
    .long = Maak de notitie korter: hoogstens { $n } tekens.
peer-note-at = Laatst veranderd:
peer-rule = Deze omgeving toelaten of blokkeren
step-all = De test
step-webfinger = Opzoeken (WebFinger)
step-nodeinfo = Software (NodeInfo)
step-actor = Gegevens van de omgeving
step-signed = Ophalen met onze handtekening
step-fine = gelukt
flash-peer-resent = Alles wat wacht, gaat nu op weg.
flash-peer-resync = We halen het opnieuw op. Dat kan even duren.

## Wat er misging

wrong-name = Het adres bestaat niet.
wrong-nobody = Er luistert niemand op dit adres.
wrong-slow = Geen antwoord binnen 10 seconden.
wrong-broken = De verbinding werd verbroken.
wrong-certificate = Het certificaat is niet geldig, of de beveiligde verbinding lukt niet.
wrong-inside = Het adres leidt naar een intern netwerk. Daar gaan we niet heen.
wrong-signature = Deze omgeving weigert onze handtekening.
wrong-forbidden = Deze omgeving laat ons niet toe.
wrong-absent = Wat we zochten, is daar niet.
wrong-large = Het bericht of het antwoord is te groot.
wrong-busy = Deze omgeving vraagt ons om later terug te komen.
wrong-server = Deze omgeving heeft zelf een storing.
wrong-activity = Deze omgeving begrijpt het bericht niet.
wrong-redirect = Deze omgeving stuurt ons door naar een ander adres.
wrong-list = Hier staat geen lijst van regio's.
wrong-instance = Deze omgeving vertelt niet goed wie zij is.
wrong-document = Deze omgeving stuurt iets wat we niet kunnen lezen.
wrong-refused = Het bericht is geweigerd.
wrong-other = Er ging iets anders mis.

## Toelaten en blokkeren

rules-search = Zoek op naam of reden
rules-more = Meer regels
rules-files = Lijsten bewaren en overnemen
    .text = Bewaar de regels als bestand, of neem een lijst over van een andere omgeving. Je ziet eerst wat er verandert. Lijsten van geblokkeerde servers uit Mastodon kunnen ook.
rules-export = Regels downloaden (csv)
rules-import = Een lijst overnemen
import-title = Een lijst overnemen
import-choose = Kies een bestand
import-file = Bestand met regels
    .hint = Een csv-bestand van hoogstens 200 kB, met de kolommen host, rule en reason, of een lijst uit Mastodon.
    .empty = In dit bestand staan geen regels die we kunnen lezen. Kies een csv-bestand van hoogstens 200 kB met de kolommen host, rule en reason, of een lijst uit Mastodon.
import-look = Bekijken
import-changes = { $n ->
    [0] Er verandert niets
    [one] Er verandert 1 regel
   *[other] Er veranderen { $n } regels
}
import-same = { $n ->
    [one] 1 regel staat er al zo.
   *[other] { $n } regels staan er al zo.
}
import-limited = { $n ->
    [one] 1 omgeving is daar alleen beperkt. Die slaan we over: beperken kennen we niet.
   *[other] { $n } omgevingen zijn daar alleen beperkt. Die slaan we over: beperken kennen we niet.
}
import-unread = { $n ->
    [one] 1 regel kunnen we niet gebruiken:
   *[other] { $n } regels kunnen we niet gebruiken:
}
import-line = Regel { $n }
import-turns-blocked = was toegelaten, wordt geblokkeerd
import-turns-allowed = was geblokkeerd, wordt toegelaten
import-ends = Hiermee stoppen lidmaatschappen van groepen.
import-and-more = { $n ->
    [one] En nog 1.
   *[other] En nog { $n }.
}
import-use = Deze regels overnemen
import-not = Niet overnemen
flash-import-read = De lijst is gelezen. Bekijk wat er verandert.
flash-import-used = De regels zijn overgenomen.

## Verbinden

connections-open = Deze omgeving wisselt berichten uit met elke andere, behalve geblokkeerde. Verbinding vragen hoeft dus niet, maar het kan: dan weet je van elkaar, en het blijft werken als een van beide een lijst gaat gebruiken.
connections-allowlist = Deze omgeving wisselt alleen berichten uit met omgevingen die zijn toegelaten. Vraag een andere omgeving om verbinding, of beslis over wie het jullie vraagt.
connections-closed = Deze omgeving wisselt met geen enkele andere berichten uit.
connections-in = Zij vragen ons
connections-out = Wij vroegen hen
connections-none-in = Er is niemand die om verbinding vraagt.
connections-none-out = We vroegen nog niemand om verbinding.
connections-more = Meer
connection-asked = Gevraagd op
connection-in-waiting = wacht op jullie besluit
connection-in-accepted = aangenomen op { $date }
connection-in-refused = afgewezen op { $date }
connection-in-withdrawn = door hen ingetrokken op { $date }
connection-out-waiting = wacht op hun besluit
connection-out-accepted = door hen aangenomen op { $date }
connection-out-refused = door hen afgewezen op { $date }
connection-out-withdrawn = ingetrokken op { $date }
connection-answer = Antwoord:
connection-on-its-way = Het bericht hierover is onderweg.
connection-trying = Het bericht hierover komt nog niet aan. We blijven het proberen.
connection-unheard = Het bericht hierover is niet aangekomen.
connection-accept = Verbinden
connection-refuse = Afwijzen
connection-refuse-send = Afwijzen en dit versturen
connection-why-not = Waarom niet?
    .hint = De beheerders daar lezen dit.
    .empty = Schrijf waarom niet. De beheerders daar lezen dit.
connection-withdraw = Intrekken
connection-ask = Vraag een omgeving om verbinding
    .text = De beheerders daar zien je verzoek en beslissen. Nemen ze het aan, dan staan jullie bij elkaar op de lijst van toegelaten omgevingen.
connection-host = Omgeving
    .hint = Bijvoorbeeld vragen.voorbeeld.nl
    .characters = Vul de naam van een omgeving in, zoals vragen.voorbeeld.nl.
connection-words = Wie zijn jullie, en waarom willen jullie verbinden?
    .hint = De beheerders daar lezen dit.
    .empty = Schrijf een zin over wie jullie zijn. De beheerders daar lezen dit.
connection-send = Verzoek versturen
flash-connection-asked = Het verzoek is onderweg.
flash-connection-withdrawn = Het verzoek is ingetrokken.
flash-connection-accepted = Jullie zijn verbonden.
flash-connection-refused = Het verzoek is afgewezen.
notice-connection-asked = { $detail } vraagt om verbinding met deze omgeving.
notice-connection-accepted = { $detail } heeft ons verzoek om verbinding aangenomen.
notice-connection-refused = { $detail } heeft ons verzoek om verbinding afgewezen.
notice-connection-ended = { $detail } heeft het verzoek om verbinding ingetrokken.
error-federation-closed = Deze omgeving wisselt met geen enkele andere berichten uit. Verander dat eerst bij Instellingen.
error-host-blocked = Deze omgeving is geblokkeerd. Haal die regel eerst weg.
error-not-meent = Op die omgeving draait andere software. Verbinding vragen kan alleen bij een omgeving met Meent; laat deze omgeving gewoon toe.
error-asked-before = Aan deze omgeving is al om verbinding gevraagd, of jullie zijn verbonden.

## Lijsten van regio's

region-lists-lead = Een lijst noemt regio's die ook Meent gebruiken. Lees je een lijst, dan vind je er groepen van andere regio's mee. We geloven van een lijst alleen de namen.
region-lists = Lijsten die we lezen
region-lists-none = We lezen nog geen lijst. Weet je een regio die al langer meedoet? Vul die hieronder in.
region-lists-refresh = Alle lijsten nu lezen
region-list = Omgeving met een lijst, of het adres van een lijst
    .hint = Bijvoorbeeld vragen.voorbeeld.nl
    .characters = Vul de naam van een omgeving in, zoals vragen.voorbeeld.nl, of een adres dat begint met https://.
region-list-add = Lijst toevoegen
region-list-remove = Niet meer lezen
region-list-read = gelezen op
region-list-unread = nog niet gelezen
region-list-count = { $n ->
    [one] 1 regio
   *[other] { $n } regio's
}
regions-found = Regio's op deze lijsten
regions-found-none = Nog geen.
region-groups = { $n ->
    [one] 1 groep
   *[other] { $n } groepen
}
region-ask = Vraag verbinding aan
region-asked-waiting = verbinding gevraagd
region-asked-accepted = verbonden
region-asked-refused = verzoek afgewezen
region-asked-withdrawn = verzoek ingetrokken
region-publish = Onze eigen lijst
    .text = Je kunt laten zien met welke regio's deze omgeving verbonden is. Iedereen kan die lijst lezen, ook wie nog nergens mee verbonden is. Er staan alleen namen van regio's op.
region-publishes = Onze lijst staat op
region-publishes-not = We laten geen lijst zien.
region-publish-start = Lijst laten zien
region-publish-stop = Lijst niet meer laten zien
flash-list-added = De lijst is toegevoegd en wordt nu gelezen. Ververs de pagina over een minuut.
flash-lists-read = De lijsten worden gelezen. Ververs de pagina over een minuut.
flash-list-removed = We lezen deze lijst niet meer.
error-too-many-lists = Meer dan 20 lijsten lezen we niet. Haal er eerst een weg.
error-list-read-already = Deze lijst lezen we al.

## Logboek

audit-act-connection-accept = Verbinding met een omgeving aangenomen
audit-act-connection-ask = Verbinding met een omgeving gevraagd
audit-act-connection-refuse = Verbinding met een omgeving afgewezen
audit-act-connection-withdraw = Verzoek om verbinding ingetrokken
audit-act-group-resync = Groep van een andere omgeving opnieuw opgehaald
audit-act-host-note = Notitie bij een omgeving veranderd
audit-act-host-resend = Wat wacht voor een omgeving nu verstuurd
audit-act-host-test = Omgeving getest
audit-act-hosts-export = Regels voor omgevingen gedownload
audit-act-hosts-import = Lijst van regels overgenomen
audit-act-regions-add = Lijst van regio's toegevoegd
audit-act-regions-refresh = Lijsten van regio's opnieuw gelezen
audit-act-regions-remove = Lijst van regio's weggehaald
audit-act-thread-resync = Gesprek opnieuw vergeleken

# Wat andere software over bijeenkomsten te lezen krijgt
event-wire-cancelled = Gaat niet door:
event-wire-companion = Agenda: { $title }
event-wire-tell = Er komt een bijeenkomst over een vraag die je boeit: "{ $title }".
