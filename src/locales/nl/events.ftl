# Bijeenkomsten: wat leden te horen krijgen, en waarom iets niet kan.
notice-event-in = Je hebt een plek bij "{ $title }".
notice-event-waiting = Je staat op de wachtlijst van "{ $title }".
notice-event-asked = De organisator van "{ $title }" beslist of je kunt komen.
notice-event-refused = Je kunt helaas niet bij "{ $title }" zijn.
notice-event-asks = { $from } wil graag bij "{ $title }" zijn. Beslis of dat kan.
notice-event-moved = "{ $title }" is verplaatst. Kijk wanneer en waar het nu is.
notice-event-cancelled = "{ $title }" gaat niet door.
notice-event-on-again = "{ $title }" gaat toch door.
notice-event-gone = { $detail } is weggehaald en gaat niet door.
notice-event-gone-of = De bijeenkomst van { $when }
notice-event-link = De link om online mee te doen aan "{ $title }" is veranderd.
notice-event-organise = Je organiseert "{ $title }" mee.
notice-event-from-question = Er komt een bijeenkomst over een vraag die je boeit: "{ $title }".
notice-event-reminder = Morgen is "{ $title }".
notice-event-report = "{ $title }" is geweest. Schrijf je een kort verslag?
mail-stop-event = Geen mail meer over bijeenkomsten
mail-stop-sign_up = Geen bevestiging meer als je je aanmeldt
choose-event = Een bijeenkomst waar ik bij ben, die ik organiseer of die me boeit
choose-sign_up = Bevestiging als ik me aanmeld
stop-asks-event = Wil je geen mail meer over bijeenkomsten?
stop-asks-sign_up = Wil je geen bevestiging meer als je je aanmeldt?
mail-event-confirm =
    Je wilt bij "{ $title }" zijn. Volg de link en bevestig je aanmelding. Zonder bevestiging houden we geen plek voor je vrij.

    Heb je dit niet gevraagd? Dan hoef je niets te doen.
    .subject = Bevestig je aanmelding: { $title }
    .action = Aanmelding bevestigen
error-event-cancelled = Deze bijeenkomst gaat niet door.
error-event-began = Deze bijeenkomst is al begonnen. Aanmelden kan niet meer.
error-event-stays = Er hebben zich mensen aangemeld. Laat de bijeenkomst niet doorgaan in plaats van haar te verwijderen: dan horen zij het.
error-sign-up-closed = Aanmelden kan niet meer.
error-sign-up-elsewhere = Aanmelden voor deze bijeenkomst kan op een andere site. De link staat op de pagina van de bijeenkomst.
error-sign-up-not-needed = Aanmelden hoeft niet voor deze bijeenkomst.
error-sign-up-refused = De organisator heeft je aanmelding afgewezen.
error-only-organisers = Alleen wie de bijeenkomst organiseert, kan dit doen.
error-guests-not-welcome = Deze groep vraagt om een account voor je je kunt aanmelden.
error-report-too-early = De bijeenkomst is nog niet begonnen. Schrijf het verslag daarna.
refused-past = { $label }: dit moment is al voorbij. Kies een moment in de toekomst.
refused-far = { $label }: dit is te ver weg. Kies een moment binnen vijf jaar, en niet langer dan een maand.
refused-before-start = { $label }: het einde moet na het begin liggen.
refused-after-start = { $label }: kies een moment voor het begin van de bijeenkomst.
refused-zone = { $label }: deze tijdzone kennen we niet. Kies er een uit de lijst.
refused-number = { $label }: vul een heel getal van 1 of meer in.
refused-moment = { $label }: vul een dag en een tijd in, zoals 3-12-2026 en 10.00.
refused-link = { $label }: vul een webadres in dat begint met https://
refused-rule = { $label }: kies hoe vaak het terugkomt, en tot wanneer.
group-part-events = Bijeenkomsten
group-guests = Mensen zonder account mogen zich per e-mail aanmelden

# Het formulier.
event-new = Bijeenkomst plannen
event-edit = Bijeenkomst wijzigen
event-send = Bijeenkomst plaatsen
event-elsewhere = Deze groep staat op { $host }. Je bijeenkomst gaat daarheen en verschijnt ook in andere regio's. Wie zich aanmeldt, meldt zich bij jou aan.
event-from-question = Deze bijeenkomst gaat over de vraag
event-about-question = Naar aanleiding van de vraag { $question }.
event-preview-title = Zo komt je bijeenkomst eruit te zien
event-part-what = Waar het over gaat
event-part-when = Wanneer
event-part-where = Waar
event-part-sign-up = Aanmelden
event-part-who = Wie
event-form-title = Titel
    .hint = Eén zin die zegt waar het over gaat, zoals: Hoe houden we jongeren in beeld als ze achttien worden?
event-form-body = Toelichting
    .hint = Voor wie is het, wat gaan jullie doen, en wat nemen mensen mee naar huis?
event-starts-day = Begint op (dag)
event-starts-time = Begint om (tijd)
event-ends-day = Eindigt op (dag)
    .hint = Leeg betekent: op dezelfde dag.
event-ends-time = Eindigt om (tijd)
event-zone = Tijdzone
event-place-name = Naam van de plek
    .hint = Bijvoorbeeld: Huis van de Stad, zaal 2.
    .empty = Naam van de plek: vul in waar de bijeenkomst is, of kies dat je online kunt meedoen.
event-place-street = Straat en huisnummer
event-place-postcode = Postcode
event-place-town = Plaats
event-online = Je kunt online meedoen
event-online-link = Link om online mee te doen
    .hint = Alleen wie een plek heeft, ziet deze link.
    .wrong = Link om online mee te doen: alleen wie zich hier aanmeldt, ziet deze link. Laat mensen zich hier aanmelden, of zet de link in de toelichting.
event-sign-up = Hoe melden mensen zich aan?
    .empty = Kies hoe mensen zich aanmelden.
event-sign-up-open = Hier: wie zich het eerst aanmeldt, heeft een plek
event-sign-up-approval = Hier: een organisator beslist over iedere aanmelding
event-sign-up-elsewhere = Op een andere site
event-sign-up-none = Aanmelden hoeft niet
event-sign-up-link = Link naar de andere site
    .hint = Alleen als mensen zich op een andere site aanmelden. De link begint met https://
    .empty = Link naar de andere site: vul in waar mensen zich aanmelden.
event-capacity = Aantal plekken
    .hint = Leeg betekent: er is plek voor iedereen. Is het vol, dan komen mensen op een wachtlijst.
event-until-day = Aanmelden tot (dag)
    .hint = Leeg betekent: tot het begin.
event-until-time = Aanmelden tot (tijd)
event-organisers = Wie organiseren mee?
    .hint = Namen van leden van deze omgeving, met een komma ertussen, zoals: omar, sanne. Zij kunnen de bijeenkomst wijzigen en zien wie er komt.
event-organisers-unknown = Wie organiseren mee? Deze namen kennen we hier niet: { $names }.
event-contact = Contact
    .hint = Bij wie kunnen mensen terecht met vragen? Dit ziet iedereen.
error-not-your-question = Alleen wie de vraag stelde en wie de groep modereert, kan er een bijeenkomst over plannen.
flash-event-planned = De bijeenkomst is geplaatst.
flash-event-moved = De bijeenkomst is verplaatst. Wie zich heeft aangemeld, krijgt bericht.

# Niet laten doorgaan, en toch wel.
event-back = Terug naar de bijeenkomst
event-call-off = Niet laten doorgaan
event-call-off-lead = De bijeenkomst blijft staan, met erbij dat ze niet doorgaat. Aanmelden kan niet meer.
event-call-off-send = Laat haar niet doorgaan
event-back-on = Toch laten doorgaan
event-back-on-lead = De bijeenkomst gaat door op dezelfde tijd en plek. Wie zich had aangemeld, houdt zijn plek.
event-back-on-send = Laat haar toch doorgaan
event-leave-so = Laat het zo
event-stays-off = Er hebben zich mensen aangemeld. De bijeenkomst blijft daarom staan: zo zien zij dat ze niet doorgaat.
event-told =
    { $n ->
        [0] Niemand hoeft hier bericht van te krijgen: er heeft zich nog niemand anders aangemeld.
        [one] Eén persoon krijgt hier bericht van.
       *[other] { $n } mensen krijgen hier bericht van.
    }
flash-event-off = De bijeenkomst gaat niet door. Wie zich had aangemeld, krijgt bericht.
flash-event-on = De bijeenkomst gaat toch door. Wie zich had aangemeld, krijgt bericht.

# Boven aan de pagina van een bijeenkomst.
event-when-where = Wanneer en waar
event-status-moved = Verplaatst
event-status-cancelled = Gaat niet door
event-in-zone = Dit is de tijd in: { $zone }
event-our-time = In de tijd van deze regio: { $when }
event-where = Waar
event-online-where = Online
event-online-too = Je kunt online meedoen.
event-online-attendees = Je kunt online meedoen. Wie een plek heeft, ziet hier de link.
event-organised-by =
    { $n ->
        [one] Organisator
       *[other] Organisatoren
    }
event-contact-at = Contact
event-who-comes = Wie komen er
event-attending =
    { $n ->
        [0] nog niemand
        [one] 1 persoon komt
       *[other] { $n } mensen komen
    }
event-left =
    { $n ->
        [0] geen plek meer
        [one] nog 1 plek
       *[other] nog { $n } plekken
    }
event-waiting = { $n } op de wachtlijst
event-places =
    { $n ->
        [one] Er is 1 plek.
       *[other] Er zijn { $n } plekken.
    }
event-you-meet = Je ziet daar
event-and-others =
    { $n ->
        [one] en nog 1 ander
       *[other] en nog { $n } anderen
    }
event-mine-in = Je komt. Je plek staat vast.
event-mine-waiting = Het is vol. Je staat op de wachtlijst, op plek { $n }. Komt er een plek vrij, dan hoor je het.
event-mine-waiting-there = Het is vol. Je staat op de wachtlijst. Komt er een plek vrij, dan hoor je het.
event-mine-asked = De organisator beslist of je kunt komen. Je hoort het zodra dat gedaan is.
event-mine-sent = Je aanmelding is op { $since } verstuurd naar { $host }. Daar is nog geen antwoord op: je plek staat nog niet vast.
event-mine-refused = Je kunt helaas niet bij deze bijeenkomst zijn.
event-mine-maybe = Je komt misschien. Er is geen plek voor je bewaard.
event-mine-no = Je komt niet.
event-mine-unconfirmed = Je aanmelding is nog niet bevestigd. Er is nog geen plek voor je.
event-over = Deze bijeenkomst is geweest.
event-sign-up-there = Aanmelden gaat via een andere site.
event-sign-up-go = Aanmelden op de andere site
event-do-you-come = Kom je ook?
event-remark = Opmerking voor de organisator
event-visible = Andere deelnemers mogen zien dat ik kom
event-joins = Zeg je dat je komt, dan word je lid van deze groep. Je kunt de groep later verlaten.
event-answer-yes = Ik kom
event-answer-maybe = Misschien
event-answer-no = Ik kom niet
event-change-answer = Je antwoord wijzigen
event-login = Log in om je aan te melden
event-by-mail = Aanmelden per e-mail
event-calendar = Zet in je agenda
event-see-there = Bekijk op { $host }
event-asked-count =
    { $n ->
        [one] 1 wacht op antwoord
       *[other] { $n } wachten op antwoord
    }
flash-event-answered = Je antwoord is bewaard.

# Wie er komen.
event-attendees = Deelnemers
attendees-file = Download als bestand (CSV)
attendees-none = Nog niemand.
attendees-more = Hier staan per kopje de eerste 500 namen. In het bestand staan ze allemaal.
attendees-asked = Wachten op jouw beslissing ({ $n })
    .one = wacht op beslissing
attendees-in = Komen ({ $n })
    .one = komt
attendees-waiting = Wachtlijst ({ $n })
    .one = wachtlijst
attendees-maybe = Misschien ({ $n })
    .one = misschien
attendees-no = Komen niet ({ $n })
    .one = komt niet
attendees-refused = Afgewezen ({ $n })
    .one = afgewezen
attendee-let-in = Toelaten
attendee-refuse = Afwijzen
attendee-guest = zonder account
attendee-name = Naam
attendee-address = Adres
attendee-organisation = Organisatie
attendee-region = Regio
attendee-answer = Antwoord
attendee-since = Sinds
flash-attendee-in = Je besluit is bewaard. De deelnemer krijgt bericht.
flash-attendee-refused = De deelnemer is afgewezen en krijgt bericht.

# Aanmelden zonder account.
guest-title = Aanmelden per e-mail
guest-lead = Je krijgt een mail met een link. Je aanmelding telt als je die link hebt gevolgd en haar hebt bevestigd. Alleen wie de bijeenkomst organiseert, ziet je naam en je adres.
guest-name = Je naam
guest-email = Je e-mailadres
guest-send = Stuur me de link
guest-sent = Er gaat een mail naar { $address }.
    .how = Volg de link daarin en bevestig je aanmelding. Zie je geen mail? Kijk dan ook bij ongewenste mail.
guest-yours = Je aanmelding
guest-confirm = Bevestig mijn aanmelding
guest-again = Toch aanmelden
guest-withdraw = Ik kom niet
event-part-repeat = Komt de bijeenkomst terug?
event-part-which = Wat verander je?
event-which = Deze bijeenkomst hoort bij een reeks
event-which-one = Alleen deze bijeenkomst
event-which-following = Deze en alle volgende, behalve die al apart veranderd zijn
event-series = De hele reeks
flash-series-planned = De reeks staat in de agenda. Hieronder staat de eerste bijeenkomst.
