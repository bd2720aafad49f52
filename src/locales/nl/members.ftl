# Leden: registreren, accounts, uitnodigingen, vertrekken

menu-account = Mijn account:
login-forgot = Wachtwoord vergeten
login-register = Account maken
login-suspended = De beheerder heeft je account stopgezet. Je kunt nu niet inloggen. Neem contact op met de beheerder als je vragen hebt.
login-closed = Dit account is opgeheven. Inloggen kan niet meer.
refused-guessable = { $label }: dit is makkelijk te raden. Kies vier woorden die niets met elkaar te maken hebben, of laat een wachtwoordmanager iets maken.
refused-wrong = { $label } klopt niet. Probeer het opnieuw.
error-only-administrators = Alleen beheerders kunnen dit.
error-by-invitation = In deze omgeving word je lid met een uitnodiging. Vraag de beheerder om een uitnodiging.
error-invitation-ended = Deze uitnodiging werkt niet meer. Vraag om een nieuwe.
error-last-administrator = Je bent de enige beheerder van deze omgeving. Maak eerst iemand anders beheerder, dan kun je je account opheffen.
former-member = Voormalig lid
member-left = Dit lid heeft deze omgeving verlaten.

## Wie lid kan worden

setup-registration = Wie kan lid worden?
registration-invite = Alleen wie een uitnodiging krijgt van een beheerder.
registration-approval = Iedereen kan zich aanmelden, en een beheerder beslist.
registration-open = Iedereen met een e-mailadres.

## Account maken

register-title = Account maken
register-lead = Met een account stel je vragen en geef je antwoord, ook in groepen van andere regio's.
register-lead-approval = Met een account stel je vragen en geef je antwoord, ook in groepen van andere regio's. Een beheerder bekijkt je aanmelding. Je hoort per e-mail of je lid bent.
register-by-invitation = In deze omgeving word je lid met een uitnodiging.
    .how = Heb je een uitnodiging? Open dan de link daarin. Nog geen uitnodiging? Vraag de beheerder erom.
register-display-name = Je naam
    .hint = Zo zien anderen je.
register-name = Gebruikersnaam
    .hint = 3 tot 30 tekens: kleine letters, cijfers en _. Deze naam staat in het adres van je pagina. Je kunt deze naam later niet veranderen.
    .taken = Deze gebruikersnaam is al in gebruik. Kies een andere. Had je je al aangemeld? Vraag dan de mail opnieuw aan.
register-email = E-mailadres
    .hint = Om in te loggen en om je te mailen. Anderen zien het niet.
    .empty = Vul een e-mailadres in zoals naam@voorbeeld.nl.
    .short = Vul een e-mailadres in zoals naam@voorbeeld.nl.
    .email = Vul een e-mailadres in zoals naam@voorbeeld.nl.
    .taken = Dit e-mailadres heeft al een account. Log in, of vraag een nieuw wachtwoord aan.
register-why = Waarom wil je lid worden?
    .hint = Zeg bijvoorbeeld wat voor werk je doet. Alleen de beheerders lezen dit.
    .empty = Schrijf in een paar woorden waarom je lid wilt worden.
register-password = Wachtwoord
    .hint = Minstens 12 tekens. Vier woorden die niets met elkaar te maken hebben zijn goed te onthouden. Plakken mag.
    .empty = Kies een wachtwoord.
    .short = Je wachtwoord is te kort. Gebruik minstens { $n } tekens.
    .long = Je wachtwoord is te lang. Gebruik niet meer dan { $n } tekens.
    .guessable = Dit wachtwoord is makkelijk te raden. Kies vier woorden die niets met elkaar te maken hebben, of laat een wachtwoordmanager iets maken.
new-password = Nieuw wachtwoord
    .hint = Minstens 12 tekens. Vier woorden die niets met elkaar te maken hebben zijn goed te onthouden. Plakken mag.
    .empty = Kies een wachtwoord.
    .short = Je wachtwoord is te kort. Gebruik minstens { $n } tekens.
    .long = Je wachtwoord is te lang. Gebruik niet meer dan { $n } tekens.
    .guessable = Dit wachtwoord is makkelijk te raden. Kies vier woorden die niets met elkaar te maken hebben, of laat een wachtwoordmanager iets maken.
old-password = Je wachtwoord van nu
    .empty = Vul je wachtwoord van nu in.
    .wrong = Dit is niet je wachtwoord van nu. Probeer het opnieuw.
register-send = Account maken
register-known = Ik heb al een account
register-sent-title = Kijk in je e-mail
register-sent = We hebben je een mail gestuurd. Open de link in die mail om door te gaan. De link werkt 48 uur.
    .how = Zie je na een paar minuten niets? Kijk bij ongewenste mail, of vraag de mail opnieuw aan.
register-again-title = Mail opnieuw aanvragen
register-again-lead = Vul het e-mailadres in waarmee je je hebt aangemeld. Dan sturen we de link nog een keer.
register-again-send = Mail sturen
confirm-title = E-mailadres bevestigen
confirm-lead = Is { $email } jouw e-mailadres? Bevestig het, dan gaan we verder.
confirm-name = Je gebruikersnaam wordt { $name }. Heb jij je niet aangemeld? Sluit deze pagina dan.
confirm-send = Bevestigen
confirm-expired-title = Deze link werkt niet meer
confirm-expired = Misschien heb je de link al gebruikt, of is hij ouder dan 48 uur.
    .how = Heb je al bevestigd? Log dan in. Anders vraag je de mail opnieuw aan, of meld je je opnieuw aan.
confirm-name-taken = Iemand anders heeft intussen deze gebruikersnaam gekozen. Meld je opnieuw aan met een andere naam.
confirm-email-taken = Dit e-mailadres heeft intussen een account. Log in, of vraag een nieuw wachtwoord aan.
confirm-waiting-title = Je aanmelding is binnen
confirm-waiting = Je e-mailadres is bevestigd. Een beheerder bekijkt je aanmelding.
    .how = Je krijgt een mail zodra er is beslist. Tot die tijd kun je alles lezen.
flash-welcome = Je account is klaar. Je bent ingelogd.

## De eerste pagina van een nieuw lid

welcome-title = Welkom bij { $region }
welcome-lead = Word lid van de groepen die bij je werk passen. Dan staan de nieuwste vragen daaruit op je beginpagina.
welcome-groups = Groepen
welcome-joined = Je bent al lid van { $group }.
welcome-no-groups = Zodra er groepen zijn, vind je ze bij Groepen.
welcome-join = Lid worden van deze groepen
welcome-next = En daarna
welcome-profile = Vertel op je profiel wie je bent en wat je doet
    .text = Anderen kunnen je antwoord dan beter wegen.
welcome-read = Kijk welke vragen er zijn
    .text = Weet jij iets? Ook een half antwoord helpt.
welcome-ask = Stel je eerste vraag
    .text = Eén zin, zoals je het een collega zou vragen.
flash-joined-groups = Je keuze is bewaard. Hier zie je de nieuwste vragen.

## Uitnodigingen volgen

invite-title = Je bent uitgenodigd voor { $region }
invite-lead = { $name } nodigt je uit om lid te worden van { $region }. Hier stellen mensen die voor gemeenten werken elkaar vragen.
invite-no-mail = Gebruik je het e-mailadres hieronder, dan kun je meteen beginnen. Bij een ander adres sturen we eerst een mail om het te bevestigen.
invite-organisation = Je wordt lid namens { $organisation }.
invite-group = Je wordt meteen lid van de groep { $group }.
invite-ended-title = Deze uitnodiging werkt niet meer
invite-revoked = De beheerder heeft de uitnodiging ingetrokken.
invite-expired = De uitnodiging is verlopen.
invite-full = Alle plaatsen van deze uitnodiging zijn gebruikt.
invite-ended-how = Vraag om een nieuwe uitnodiging aan degene van wie je de link kreeg. Heb je al een account? Log dan in.
invite-member-title = Je bent al lid
invite-member = Je bent ingelogd, dus deze uitnodiging heb je niet nodig.

## Wachtwoord vergeten

forgot-title = Wachtwoord vergeten
forgot-lead = Vul je gebruikersnaam of e-mailadres in. Dan sturen we je een link om een nieuw wachtwoord te kiezen.
forgot-send = Link sturen
forgot-sent-title = Kijk in je e-mail
forgot-sent = Als er een account bij hoort, hebben we een link gestuurd om een nieuw wachtwoord te kiezen. De link werkt een uur, en één keer.
    .how = Zie je na een paar minuten niets? Kijk bij ongewenste mail, of probeer het met je andere e-mailadres.
password-new-title = Nieuw wachtwoord kiezen
password-new-lead = Kies een nieuw wachtwoord voor { $name }. Je wordt overal uitgelogd.
password-new-send = Wachtwoord veranderen
password-expired-title = Deze link werkt niet meer
password-expired = De link is ouder dan een uur, of je hebt hem al gebruikt. Vraag een nieuwe aan.
flash-password-changed = Je wachtwoord is veranderd.

## Mijn account

account-title = Mijn account
account-me = Wie ik ben
account-page = Mijn pagina
    .text = Zo zien anderen je, met wat je schreef.
account-profile-text = Je naam, organisatie, functie en waar je veel van weet.
account-notifications = Meldingen
    .text = Waarover je bericht krijgt, op de site of per mail.
account-login = Inloggen
account-password = Wachtwoord veranderen
account-password-lead = Op andere apparaten word je uitgelogd.
account-address = E-mailadres veranderen
account-address-lead = We sturen een link naar het nieuwe adres. Pas als je die opent, verandert je adres.
account-address-now = Je adres is nu { $email }.
account-new-address = Nieuw e-mailadres
    .empty = Vul een e-mailadres in zoals naam@voorbeeld.nl.
    .short = Vul een e-mailadres in zoals naam@voorbeeld.nl.
    .email = Vul een e-mailadres in zoals naam@voorbeeld.nl.
account-address-send = Link sturen
address-confirm-title = Nieuw e-mailadres bevestigen
address-confirm-lead = Wil je voortaan { $email } gebruiken om in te loggen en mail te krijgen?
address-confirm-send = Bevestigen
address-expired = Misschien heb je de link al gebruikt, is hij ouder dan 48 uur, of heeft het adres intussen een account.
flash-address-asked = Kijk in je e-mail bij het nieuwe adres en open de link daar.
flash-address-changed = Je e-mailadres is veranderd.
account-sessions-text = Op welke apparaten je bent ingelogd, en daar uitloggen.
account-admin = Beheer
account-data = Mijn gegevens
account-export-text = Alles wat van jou is, in één bestand.
account-close-text = Je account opheffen, en kiezen wat er met je berichten gebeurt.

## Waar je bent ingelogd

sessions-title = Waar je bent ingelogd
sessions-lead = Herken je iets niet? Log daar uit en verander je wachtwoord.
session-browser = { $browser } op { $system }
session-unknown = Onbekende browser
session-this = hier, nu
session-seen = Laatst gebruikt:
session-began = ingelogd:
session-end = Uitloggen
sessions-end = Overal uitloggen behalve hier
sessions-only = Je bent alleen hier ingelogd.
flash-session-ended = Daar ben je uitgelogd.
flash-sessions-ended = Je bent overal uitgelogd, behalve hier.

## Meenemen en vertrekken

export-title = Mijn gegevens meenemen
export-lead = Je krijgt een zip-bestand met alles wat van jou is. Je kunt het openen op je computer, en andere software kan het inlezen.
export-what = Erin staan je berichten, je lidmaatschappen, wat je nuttig vond, je meldingen, je profiel en instellingen, en je afbeeldingen. Bewaar het bestand goed: ook je e-mailadres staat erin.
export-send = Zip-bestand downloaden
close-title = Account opheffen
close-lead = Je kunt daarna niet meer inloggen. Je verlaat alle groepen, en je profiel wordt leeggemaakt.
close-forever = Dit kun je niet ongedaan maken. Je gebruikersnaam komt niet meer vrij, ook niet voor jou. Je e-mailadres komt wel vrij.
close-words = Wat moet er gebeuren met wat je schreef?
    .empty = Kies wat er met je berichten moet gebeuren.
close-keep = Laten staan, met "Voormalig lid" als schrijver. Zo blijven je antwoorden anderen helpen. Je gebruikersnaam blijft wel in het adres van je pagina staan.
close-remove = Alles weghalen wat ik schreef. We vragen de andere omgevingen om het ook te verwijderen. Antwoorden van anderen op jouw berichten blijven staan.
close-send = Account voorgoed opheffen
close-export-first = Eerst mijn gegevens meenemen
flash-account-closed = Je account is opgeheven. Bedankt voor je bijdragen.

## Aanmeldingen, voor beheerders

registrations-title = Aanmeldingen
registrations-count = { $n ->
    [0] Niemand wacht op een beslissing.
    [one] 1 aanmelding wacht op een beslissing.
   *[other] { $n } aanmeldingen wachten op een beslissing.
}
registrations-lead-approval = Wie zich aanmeldt, wordt lid als jij of een andere beheerder dat goedvindt.
registrations-lead-open = Iedereen met een e-mailadres kan nu lid worden. Hier staat alleen wie zich eerder heeft aangemeld.
registrations-lead-invite = Alleen wie een uitnodiging krijgt, kan nu lid worden. Hier staat alleen wie zich eerder heeft aangemeld.
registrations-none = Er wacht niemand.
registrations-none-how = Wil je mensen erbij hebben? Nodig ze uit.
registrations-refused = Onlangs afgewezen
registration-approve = Toelaten
registration-refuse = Afwijzen
refuse-title = Aanmelding afwijzen
refuse-lead = { $name } krijgt een mail met je reden.
refuse-reason = Reden
    .hint = Schrijf zo dat de ander begrijpt waarom, en wat wel kan.
    .empty = Schrijf waarom je de aanmelding afwijst.
refuse-send = Afwijzen
flash-registration-approved = Toegelaten. Het nieuwe lid krijgt een mail.
flash-registration-refused = Afgewezen. De mail met je reden gaat op weg.
flash-registration-decided = Over deze aanmelding was al beslist.
flash-registration-taken = Dit kan niet: de gebruikersnaam of het e-mailadres is intussen in gebruik. Wijs de aanmelding af en vraag om een andere naam.

## Uitnodigingen, voor beheerders

invitations-title = Uitnodigingen
invitations-text = Nodig één persoon uit, of een hele organisatie met een link.
invitations-lead = Nodig één persoon uit per mail, of maak een link die een organisatie onder de eigen mensen deelt.
invitations-made = Gemaakt
invitations-none = Er zijn nog geen uitnodigingen.
invitations-none-how = Begin met de collega's die andere collega's meenemen.
invite-person = Iemand uitnodigen
invite-person-lead = We sturen een mail met een link. Je ziet de link ook zelf, één keer.
invite-an-organisation = Organisatie uitnodigen
invite-organisation-lead = Je krijgt een link om te delen. Wie hem opent, wordt lid namens deze organisatie en bevestigt eerst het e-mailadres.
invitation-email = E-mailadres
    .empty = Vul een e-mailadres in zoals naam@voorbeeld.nl.
    .short = Vul een e-mailadres in zoals naam@voorbeeld.nl.
    .email = Vul een e-mailadres in zoals naam@voorbeeld.nl.
    .taken = Bij dit e-mailadres hoort al een account.
invitation-note = Persoonlijk bericht
    .hint = Staat in de mail, onder je naam.
invitation-organisation = Organisatie
    .hint = Bijvoorbeeld Gemeente Gouda. Dit staat bij hun naam, en ze kunnen het bij het aanmelden niet veranderen.
invitation-maximum = Voor hoeveel mensen?
    .hint = Hoogstens 1000.
    .empty = Vul een getal in van 1 tot en met 1000.
    .characters = Vul een getal in van 1 tot en met 1000.
invitation-group = Meteen lid van een groep
invitation-no-group = Nee, ze kiezen zelf
invitation-valid = Hoe lang werkt de link?
invitation-days = { $n } dagen
invite-send = Uitnodiging sturen
invite-make = Link maken
invited-title = De uitnodiging is klaar
invited-person = De mail gaat op weg. Je kunt de link ook zelf doorgeven.
invited-organisation = Deel deze link binnen de organisatie.
invited-once = Kopieer de link nu als je hem nodig hebt. Om veiligheidsredenen laten we hem niet nog een keer zien.
invited-link = Link
invitation-open = Open
invitation-full = Vol
invitation-used = Gebruikt
invitation-expired = Verlopen
invitation-revoked = Ingetrokken
invitation-places = { $used } van { $maximum } gebruikt
invitation-until = tot
invitation-revoke = Intrekken
revoke-title = Uitnodiging intrekken?
revoke-lead = De link van { $whose } werkt dan niet meer. Ook wie zich ermee heeft aangemeld en nog niet heeft bevestigd, wordt geen lid. Wie al lid is, blijft lid.
revoke-send = Intrekken
flash-invitation-revoked = De uitnodiging is ingetrokken.

## Meldingen aan beheerders

notice-group-without-moderator = De groep { $detail } heeft geen moderator meer. Kies iemand die dat wil doen.
notice-registration-waiting = { $detail } heeft zich aangemeld en wacht op een beslissing.

## Mails

mail-register-confirm =
    Hallo,

    Je hebt je aangemeld bij { $region }. Bevestig je e-mailadres met de link hieronder. De link werkt 48 uur.

    Heb jij je niet aangemeld? Dan hoef je niets te doen.
    .subject = Bevestig je e-mailadres voor { $region }
    .action = E-mailadres bevestigen
mail-register-known =
    Hallo,

    Iemand heeft met dit e-mailadres een account aangevraagd bij { $region }. Je hebt er al een account, dus er is niets veranderd.

    Was jij het? Log dan gewoon in. Op de inlogpagina kun je een nieuw wachtwoord aanvragen. Was jij het niet? Dan hoef je niets te doen.
    .subject = Je hebt al een account bij { $region }
    .action = Inloggen
mail-register-approved =
    Hallo { $name },

    Je aanmelding bij { $region } is goedgekeurd. Je kunt nu inloggen. Je gebruikersnaam is { $login }.
    .subject = Je bent lid van { $region }
    .action = Inloggen
mail-register-refused =
    Hallo { $name },

    De beheerder van { $region } heeft je aanmelding afgewezen. De reden:

    { $reason }
    .subject = Je aanmelding bij { $region }
mail-invitation =
    Hallo,

    { $from } nodigt je uit om lid te worden van { $region }. Daar stellen mensen die voor gemeenten werken elkaar vragen, ook over de grens van hun regio.

    Met de link hieronder maak je een account. De link werkt { $days } dagen, en alleen voor jou.
    .subject = { $from } nodigt je uit voor { $region }
    .action = Uitnodiging bekijken
mail-invitation-note =
    Hallo,

    { $from } nodigt je uit om lid te worden van { $region }. Daar stellen mensen die voor gemeenten werken elkaar vragen, ook over de grens van hun regio. { $from } schrijft erbij:

    { $note }

    Met de link hieronder maak je een account. De link werkt { $days } dagen, en alleen voor jou.
    .subject = { $from } nodigt je uit voor { $region }
    .action = Uitnodiging bekijken
mail-password-forgot =
    Hallo { $name },

    Met de link hieronder kies je een nieuw wachtwoord voor { $region }. Je gebruikersnaam is { $login }. De link werkt een uur, en één keer.

    Heb jij dit niet gevraagd? Dan hoef je niets te doen: je wachtwoord blijft hetzelfde.
    .subject = Nieuw wachtwoord voor { $region }
    .action = Nieuw wachtwoord kiezen
mail-password-changed =
    Hallo { $name },

    Het wachtwoord van je account bij { $region } is net veranderd.

    Was jij dat niet? Vraag dan meteen een nieuw wachtwoord aan met de link hieronder, en vertel het de beheerder.
    .subject = Je wachtwoord bij { $region } is veranderd
    .action = Nieuw wachtwoord aanvragen
mail-address-confirm =
    Hallo { $name },

    Je wilt dit e-mailadres gebruiken voor je account bij { $region }. Bevestig het met de link hieronder. De link werkt 48 uur.

    Heb jij dit niet gevraagd? Dan hoef je niets te doen.
    .subject = Bevestig je nieuwe e-mailadres voor { $region }
    .action = E-mailadres bevestigen
mail-address-known =
    Hallo,

    Iemand wilde dit e-mailadres gebruiken voor een ander account bij { $region }. Het hoort al bij jouw account, dus er is niets veranderd.
    .subject = Je e-mailadres bij { $region }
    .action = Inloggen
mail-address-asked =
    Hallo { $name },

    Voor je account bij { $region } is een ander e-mailadres opgegeven. Het verandert pas als iemand op de link klikt die we naar dat adres hebben gestuurd. Tot die tijd mailen we je hier.

    Was jij dat niet? Kies dan meteen een nieuw wachtwoord. Daarna werkt die link niet meer:
    { $link }
    .subject = Iemand vroeg om een ander e-mailadres bij { $region }
mail-address-changed =
    Hallo { $name },

    Het e-mailadres van je account bij { $region } is veranderd. Voortaan mailen we je op het nieuwe adres, en dit adres kun je niet meer gebruiken om in te loggen.

    Was jij dat niet? Vertel het dan meteen de beheerder.
    .subject = Je e-mailadres bij { $region } is veranderd
