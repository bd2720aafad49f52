# De pagina's van beheerders

admin-title = Beheer
admin-overview = Overzicht
admin-members = Leden
admin-registrations = Aanmeldingen
admin-invitations = Uitnodigingen
admin-groups = Groepen
admin-reports = Gemeld
admin-region = Regio
admin-settings = Instellingen
admin-federation = Andere omgevingen
admin-mail = Mail
admin-figures = Cijfers
admin-audit = Logboek van beheer
search-send = Zoeken

## Overzicht

attention-nothing = Er wacht niets op je.
attention-lead = Dit vraagt je aandacht.
attention-then = Een mooi moment om mensen te vragen mee te doen, of een vraag zonder antwoord verder te helpen.
attention-invite = Mensen uitnodigen
attention-reports = { $n ->
    [one] 1 gemeld bericht of lid wacht op een moderator
   *[other] { $n } gemelde berichten of leden wachten op een moderator
}
attention-objections = { $n ->
    [one] 1 bezwaar wacht op een beslissing
   *[other] { $n } bezwaren wachten op een beslissing
}
attention-registrations = { $n ->
    [one] 1 aanmelding wacht
   *[other] { $n } aanmeldingen wachten
}
attention-proposals = { $n ->
    [one] 1 voorstel voor een groep wacht
   *[other] { $n } voorstellen voor een groep wachten
}
attention-groups = { $n ->
    [one] 1 groep heeft geen moderator
   *[other] { $n } groepen hebben geen moderator
}
attention-reviews = { $n ->
    [one] Van 1 groep is de datum voorbij om de afspraken opnieuw te bekijken
   *[other] Van { $n } groepen is de datum voorbij om de afspraken opnieuw te bekijken
}
attention-mails = { $n ->
    [one] 1 mail is niet verstuurd
   *[other] { $n } mails zijn niet verstuurd
}
attention-peers = { $n ->
    [one] 1 andere omgeving antwoordt al langer dan een dag niet
   *[other] { $n } andere omgevingen antwoorden al langer dan een dag niet
}

## Regio

region-lead = Dit lezen bezoekers en leden over deze omgeving.
region-name = Naam van de regio
region-about = Waar gaat deze omgeving over?
    .hint = Eén of twee zinnen voor wie hier voor het eerst komt.
region-welcome = Welkom
    .hint = Voor wie net lid is en nog in geen groep zit.
region-rules = Regels
    .hint = Wat je van elkaar mag verwachten. Ze staan op de pagina Over deze omgeving.
region-more = Meer over deze omgeving
    .hint = Wie erachter zit, hoe het begon, wat er nog komt.
region-contact-name = Contactpersoon of team
region-contact-email = E-mailadres voor contact
    .hint = Iedereen kan dit lezen.
region-contact-page = Pagina voor contact
    .hint = Een adres dat begint met https://.
    .characters = Vul een heel adres in, dat begint met https://.
about-rules = Regels
about-contact = Contact

## Huisstijl

region-look = Hoe het eruitziet
theme-title = Huisstijl
theme-link = Kleuren en lettertype van deze omgeving
theme-lead = Een huisstijl is een bestand met de kleuren en lettertypen van je organisatie: een css-bestand volgens NL Design System. Andere regels uit het bestand gebruiken we niet.
theme-fixed = De huisstijl ligt vast in het bestand { $file } op de server. Wat je hier kiest, geldt pas als dat bestand weg is.
theme-in-use = Deze omgeving gebruikt een eigen huisstijl.
theme-none = Deze omgeving gebruikt de kleuren van Meent.
theme-draft-waits = Er staat een huisstijl klaar. Bekijk hoe die eruitziet
theme-undo = Vorige huisstijl terugzetten
theme-drop = De kleuren van Meent gebruiken
theme-file = Bestand met de huisstijl
    .hint = Een css-bestand van hoogstens 64 kB.
    .empty = In dit bestand staan geen regels die we kunnen gebruiken. Kies een css-bestand van hoogstens 64 kB met regels zoals --basis-...: ...;
theme-look = Bekijken
theme-preview = Zo ziet het eruit
theme-preview-lead = Alleen jij ziet dit. Kies Gebruiken, dan ziet iedereen het zo.
theme-pale = Dit is slecht te lezen
theme-pair-ink-paper = tekst op de pagina
theme-pair-ink-sheet = tekst op een blad
theme-pair-ink-note-bg = tekst in een opmerking
theme-pair-ink-soft-paper = rustige tekst op de pagina
theme-pair-ink-soft-sheet = rustige tekst op een blad
theme-pair-ink-soft-note-bg = rustige tekst in een opmerking
theme-pair-link-paper = links op de pagina
theme-pair-link-sheet = links op een blad
theme-pair-link-note-bg = links in een opmerking
theme-pair-accent-ink-accent = de woorden op een knop
theme-pair-accent-ink-accent-hover = de woorden op een knop onder de muis
theme-pair-solved-solved-bg = "opgelost"
theme-pair-solved-sheet = "opgelost", op een blad
theme-pair-open-open-bg = "wacht op antwoord"
theme-pair-wrong-wrong-bg = een lijst met fouten
theme-pair-wrong-sheet = een fout bij een veld
theme-pair-wrong-paper = een fout op de pagina
theme-pair-focus-ink-focus-bg = een link die je met het toetsenbord kiest
theme-pair-edge-sheet = de rand van een veld
theme-pair-focus-paper = de rand om wat je met het toetsenbord kiest, op de pagina
theme-pair-focus-sheet = de rand om wat je met het toetsenbord kiest, op een blad
theme-pair-accent-sheet = het streepje onder de pagina in het menu
theme-least = minstens
theme-readable = Alle kleuren zijn goed te lezen.
theme-use = Gebruiken
flash-theme-draft = De huisstijl is ontvangen. Bekijk hoe die eruitziet en kies of je hem gebruikt.
flash-theme-changed = De huisstijl is aangepast.

## Instellingen

set-fixed = Vastgelegd
    .text = Dit ligt vast in de configuratie. Je kunt het hier niet veranderen.
set-fixed-key = ligt vast in de configuratie: { $key }
set-registration = Wie kan lid worden?
set-registration-open = Iedereen met een e-mailadres
set-registration-approval = Iedereen kan zich aanmelden, een beheerder beslist
set-registration-invite = Alleen wie is uitgenodigd
set-founding = Wie kan een groep beginnen?
set-founding-proposal = Leden stellen een groep voor, een beheerder beslist
set-founding-anyone = Elk lid
set-language = Taal van deze omgeving
    .hint = Voor bezoekers van wie we de taal niet weten.
set-language-nl = Nederlands
set-language-en = Engels
set-federation = Met welke andere omgevingen wisselen we berichten uit?
set-federation-open = Met elke omgeving, behalve geblokkeerde
set-federation-allowlist = Alleen met omgevingen die zijn toegelaten
set-federation-closed = Met geen enkele
set-remote = Hoe lang bewaren we gesprekken van elders waar niemand hier iets mee heeft?
    .hint = Het gaat om gesprekken in groepen van andere omgevingen waar niemand van hier nog lid van is. Gesprekken waarin iemand van hier iets schreef, nuttig vond of volgt, blijven altijd staan.
set-remote-30 = 30 dagen
set-remote-90 = 90 dagen
set-remote-365 = Een jaar
set-remote-never = Altijd

## Leden

members-search = Zoek op naam, organisatie of e-mailadres
members-filter = Welke leden
members-all = Alle
members-active = Actief
members-suspended = Geschorst
members-admins = Beheerders
members-none = Hier past geen enkel lid bij. Kies een ander tabblad of zoek op een ander woord.
members-is-admin = beheerder
members-is-suspended = geschorst
members-posts = { $n ->
    [one] 1 bericht
   *[other] { $n } berichten
}
members-seen = laatst hier op
members-never-seen = nog niet hier geweest
members-more = Meer leden
members-first = Naar het begin
members-csv = Aantallen per organisatie downloaden (csv)
member-page = Pagina van dit lid
member-since = Lid sinds
member-seen = Laatst hier
member-posts = Berichten
member-role = Rol
member-is-admin = Dit lid is beheerder.
member-not-admin = Een beheerder kan alles op deze pagina's zien en veranderen.
member-make-admin = Beheerder maken
member-unmake-admin = Geen beheerder meer
member-password = Nieuw wachtwoord
    .text = Het lid krijgt een mail met een link om een nieuw wachtwoord te kiezen. De link werkt één dag. Verstuurt deze omgeving geen mail, dan staat de link bij Mail.
member-password-send = Link versturen
member-suspend = Schorsen
    .text = Het lid wordt overal uitgelogd en kan niet meer inloggen. Wie inlogt met het goede wachtwoord leest je reden.
member-suspended-for-good = Geschorst, zonder einddatum
csv-organisation = Organisatie
csv-members = Leden
csv-seen = Hier geweest in de laatste 30 dagen
csv-posts = Berichten
csv-none = (geen)
csv-what = Wat
csv-which = Waarvan
csv-count = Aantal
flash-password-link = De link is onderweg.
mail-password-link = Hallo { $name },

    Een beheerder van { $region } heeft voor je een link gemaakt waarmee je een nieuw wachtwoord kiest. De link werkt één dag.

    Heb je hier niet om gevraagd? Dan hoef je niets te doen.
    .subject = Een nieuw wachtwoord kiezen voor { $region }
    .action = Kies een nieuw wachtwoord

## Andere omgevingen

host-change-mode = Veranderen
host-no-rules = Er is niets toegelaten of geblokkeerd.
host-is-blocked = geblokkeerd
host-is-allowed = toegelaten
host-forget = Regel weghalen
host-add = Toelaten of blokkeren
host-what-happens = Blokkeer je een omgeving, dan wisselen we er niets meer mee uit: wat onderweg was vervalt, en lidmaatschappen over en weer stoppen. Berichten die er al waren, blijven hier leesbaar. Haal je de regel weg, dan moeten leden zich opnieuw aanmelden bij groepen daar.
host-name = Omgeving
    .hint = Bijvoorbeeld vragen.voorbeeld.nl
    .characters = Vul de naam van een omgeving in, zoals vragen.voorbeeld.nl.
host-rule = Regel
host-block = Blokkeren
host-allow = Toelaten
host-reason = Reden
    .hint = Alleen beheerders zien dit.
    .empty = Schrijf waarom. Andere beheerders willen dat later weten.
host-known = Omgevingen die we kennen
host-none-known = We kennen nog geen andere omgevingen.
host-server = Omgeving
host-software = Software
host-last-success = Laatst bereikt
host-failures = Mislukt
host-waiting = Wacht
host-unknown = onbekend
host-since = sinds
host-more = Meer omgevingen
flash-host-blocked = De omgeving is geblokkeerd.
flash-host-allowed = De omgeving is toegelaten.
flash-host-forgotten = De regel is weggehaald.

## Cijfers

figures-lead = Hoe mensen meedoen en hoe snel vragen een antwoord krijgen. Alleen aantallen, geen namen.
figures-everything = alles
figures-members = Leden
figures-active = Actief
    .text = Schreven iets in de laatste 30 dagen.
figures-followers = Meelezers
    .text = Waren hier in de laatste 30 dagen, maar schreven niets.
figures-silent = Stil
    .text = Waren hier niet in de laatste 30 dagen.
figures-few = Met minder dan { $n } leden splitsen we dit niet uit.
figures-open = Open vragen
    .text = Vragen in onze groepen die nu nog geen antwoord hebben.
figures-median = Eerste antwoord
    .text = De helft van de vragen van het laatste jaar had binnen deze tijd een antwoord van iemand anders. Vragen zonder antwoord tellen niet mee.
figures-elsewhere = Uit andere regio's
    .text = Antwoorden van het laatste jaar die iemand van een andere omgeving schreef.
figures-by-group = Per groep
    .text = Leden van deze omgeving in de groep, en de vragen van het laatste jaar.
figures-small = { $n ->
    [one] 1 groep met minder dan 5 leden staat er niet bij.
   *[other] { $n } groepen met minder dan 5 leden staan er niet bij.
}
figures-by-month = Per maand
    .text = Schrijvers zijn leden van deze omgeving die iets schreven. Vragen en antwoorden staan bij de maand van de vraag.
figures-group = Groep
figures-month = Maand
figures-writers = Schrijvers
figures-questions = Vragen
figures-answers = Antwoorden
figures-unanswered = Zonder antwoord
figures-median-hours = Eerste antwoord in uren (mediaan)
figures-soon = binnen een uur
figures-hours = { $n ->
    [one] 1 uur
   *[other] { $n } uur
}
figures-days = { $n ->
    [one] 1 dag
   *[other] { $n } dagen
}
figures-csv = Cijfers downloaden (csv)

## Logboek van beheer

audit-lead = Alles wat beheerders deden en wat er met opdrachten op de server is gedaan. Er kan niets uit verdwijnen zonder dat het opvalt.
audit-verify = Controleren of het logboek heel is
audit-whole = { $n ->
    [0] Het logboek is leeg.
    [one] Het logboek is heel: 1 regel. De laatste heeft de controlecode
   *[other] Het logboek is heel: { $n } regels. De laatste heeft de controlecode
}
audit-broken = Regel { $n } klopt niet:
audit-command-line = opdracht op de server
audit-act-audit-verify = Logboek gecontroleerd
audit-act-files-move = Afbeeldingen verplaatst
audit-act-database-migrate = Database bijgewerkt
audit-act-group-add = Groep gemaakt
audit-act-group-approve = Voorgestelde groep goedgekeurd
audit-act-group-describe = Groep bewerkt
audit-act-group-found = Groep gemaakt
audit-act-group-lift = Schorsing uit een groep opgeheven
audit-act-group-moderator-add = Moderator van een groep toegevoegd
audit-act-group-moderator-remove = Moderator van een groep weggehaald
audit-act-group-refuse = Voorgestelde groep afgewezen
audit-act-group-suspend = Lid geschorst uit een groep
audit-act-groups-ask = Groepen van andere regio's opgevraagd
audit-act-host-allow = Omgeving toegelaten
audit-act-host-block = Omgeving geblokkeerd
audit-act-host-forget = Regel voor een omgeving weggehaald
audit-act-invitation-create = Uitnodiging gemaakt
audit-act-invitation-revoke = Uitnodiging ingetrokken
audit-act-mail-again = Mail opnieuw verstuurd
audit-act-mail-drop = Mail weggegooid
audit-act-mail-hurry = Wachtende mail meteen geprobeerd
audit-act-mail-passed = Link uit een mail zelf doorgegeven
audit-act-mail-test = Testbericht gestuurd
audit-act-member-add = Lid toegevoegd
audit-act-member-make-admin = Lid beheerder gemaakt
audit-act-member-password = Wachtwoord veranderd
audit-act-member-password-link = Link voor een nieuw wachtwoord gemaakt
audit-act-member-resume = Schorsing opgeheven
audit-act-member-suspend = Lid geschorst
audit-act-member-unmake-admin = Lid geen beheerder meer
audit-act-objection-reject = Bezwaar afgewezen
audit-act-objection-uphold = Bezwaar gegrond verklaard
audit-act-post-remove = Bericht weggehaald
audit-act-post-restore = Bericht teruggezet
audit-act-region-logo = Logo veranderd
audit-act-registration-approve = Aanmelding goedgekeurd
audit-act-registration-refuse = Aanmelding afgewezen
audit-act-report-close = Gemeld bericht of lid afgehandeld
audit-act-setting-change = Instelling veranderd
audit-act-theme-drop = Huisstijl weggehaald
audit-act-theme-undo = Vorige huisstijl teruggezet
audit-act-theme-upload = Huisstijl opgestuurd
audit-act-theme-use = Huisstijl in gebruik genomen
audit-search = Zoek in het logboek
audit-empty = Hier staat niets. Zocht je iets? Probeer een ander woord.

error-not-active = Dit account is niet actief.
error-own-host = Je eigen omgeving kun je niet toelaten of blokkeren.

## Opslag

admin-storage = Opslag
storage-lead = Wat hier ligt, hoeveel ruimte het inneemt, en wat na verloop van tijd vanzelf wordt weggegooid.
storage-disk = Vrij op de schijf
    .text = van { $size }
storage-tidied = Laatst opgeruimd
    .text = Dat gebeurt elk uur, in kleine stappen.
storage-not-yet = nog niet
storage-backup = Laatste reservekopie
storage-no-backup = Er is er geen bekend.
storage-here = Wat hier ligt
storage-measured = Gemeten
storage-not-measured = Nog niet gemeten. Dat gebeurt elk uur.
storage-what = Wat
storage-rows = Aantal
storage-bytes = Ruimte
storage-total = Alles samen
storage-goes = Wat wordt weggegooid
    .text = De termijnen staan in het configuratiebestand, onder de naam die erbij staat.
storage-kept = Hoe lang het blijft
storage-gone = Weggegooid tot nu toe
storage-key = Instelling
storage-fixed = staat vast
storage-until = tot het verloopt
storage-always = altijd
storage-days = { $n ->
    [one] 1 dag
   *[other] { $n } dagen
}
storage-stays = Wat blijft
    .text = Wat leden schreven, wie ze zijn en wat moderatoren deden, blijft zolang het er is. Het logboek van beheer blijft altijd. Wat het programma zelf logt, bewaart de server buiten Meent.
storage-family-actors = Leden, groepen en andere mensen
storage-family-deliveries = Onderweg naar andere omgevingen
storage-family-logs = Logboeken en meldingen
storage-family-mail = Mail
storage-family-notifications = Wat leden verteld is
storage-family-other = Agenda en al het andere
storage-family-pictures = Afbeeldingen
storage-family-posts = Berichten
storage-family-received = Ontvangen van andere omgevingen
storage-family-said = Gezegd tegen andere omgevingen
storage-kind-said = Wat we tegen andere omgevingen zeiden en wat aankwam
storage-kind-said-votes = Daarvan: wat nuttig gevonden werd
storage-kind-received = Wat van andere omgevingen kwam en verwerkt is
storage-kind-failed = Daarvan: wat niet lukte
storage-kind-sessions = Waar leden waren ingelogd
storage-kind-log-ins = Pogingen om in te loggen die mislukten
storage-kind-tokens = Links in mails
storage-kind-submissions = Formulieren die dubbel verstuurd kunnen worden
storage-kind-mails = Mails die weg zijn of niet gingen
storage-kind-notifications = Wat leden verteld is
storage-kind-tombstones = Dat elders iets is verwijderd
storage-kind-deeds = Wat moderatoren elders zeiden en wat gedaan is
storage-kind-votes = Nuttig, weer teruggenomen
storage-kind-interests = Belangstelling, weer teruggenomen
storage-kind-sign-ups = Afmeldingen voor bijeenkomsten
storage-kind-guests = Gasten zonder account, na hun bijeenkomst
storage-kind-suspensions = Schorsingen die voorbij zijn
storage-kind-topics = Thema’s waar niets meer over gaat
storage-kind-invitations = Uitnodigingen die verlopen of ingetrokken zijn
storage-kind-proposals = Voorstellen voor groepen, na het besluit
storage-kind-connections = Verzoeken om te verbinden die niets werden
storage-kind-offered-groups = Groepen die andere regio’s niet meer aanbieden
storage-kind-regions = Wat regio’s over zichzelf vertelden
storage-kind-servers = Omgevingen waar niets meer vandaan komt
storage-kind-threads = Gesprekken van andere regio’s waar niemand hier iets mee heeft
storage-kind-remote-pictures = Afbeeldingen van andere omgevingen, nadat iemand ze bekeek
