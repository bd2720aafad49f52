# Melden, moderatie, bezwaar

more = Meer
more-report = Melden
more-report-member = Dit lid melden
more-remove = Weghalen
more-restore = Terugzetten
more-suspend = Schrijver schorsen uit deze groep
more-administer = Beheren

## Melden

report-title = Melden
report-lead-post = Vind je dat dit bericht niet kan? Zeg waarom. De moderatoren van de groep en de beheerders kijken ernaar.
report-lead-member = Vind je dat dit lid zich niet aan de regels houdt? Zeg waarom. De beheerders kijken ernaar.
report-reason = Wat is er mis?
    .hint = Eén of twee zinnen is genoeg.
    .empty = Schrijf wat er mis is, dan weten de moderatoren waar ze op moeten letten.
report-who-sees = Alleen moderatoren en beheerders zien dat jij dit meldt. Andere omgevingen horen je naam niet.
report-beyond = Stuur de melding ook naar { $hosts }
    .hint = Daar kunnen ze het bericht of het lid aanpakken. Je naam gaat niet mee: de melding komt van deze omgeving. Schrijf dus niets op waaraan ze jou herkennen.
report-send = Melden
resume-reason = Reden

## Weghalen en terugzetten

remove-title = Dit bericht weghalen?
remove-lead = Het bericht verdwijnt voor iedereen. Op de plaats staat dat een moderator het heeft weggehaald. De schrijver ziet je reden en kan één keer bezwaar maken.
remove-here-only = Deze groep is van { $host }, en je bent daar geen moderator. Het bericht verdwijnt alleen in deze omgeving.
remove-replies = { $n ->
    [one] Er staat 1 antwoord of reactie onder. Die blijft leesbaar.
   *[other] Er staan { $n } antwoorden of reacties onder. Die blijven leesbaar.
}
remove-reason = Reden
    .hint = De schrijver leest dit. Leden zien de reden ook in het logboek, dus noem geen namen of persoonlijke gegevens.
    .empty = Schrijf waarom je het bericht weghaalt. De schrijver leest dit.
remove-send = Bericht weghalen
restore-title = Dit bericht terugzetten?
restore-lead = Het bericht staat daarna weer op zijn plaats, hier en op de omgevingen die de groep volgen. Was het een gekozen antwoord, dan moet het opnieuw gekozen worden.
restore-reason = Toelichting
    .hint = De schrijver leest dit. Het staat ook in het logboek.
restore-send = Bericht terugzetten
post-removed-moderator = Weggehaald door een moderator.
removed-yours = Een moderator heeft je bericht weggehaald. Alleen jij en de moderatoren zien het nog.
removed-seen-by = Alleen de schrijver en de moderatoren zien dit.
removed-reason = Reden:
removed-words = Het weggehaalde bericht lezen

## Wat er wacht

desk-title = Moderatie
desk-waiting = Wat er wacht
desk-empty = Er wacht niets.
    .text = Meldt iemand een bericht of een lid, of maakt iemand bezwaar? Dan zie je het hier.
desk-reports = { $n ->
    [one] 1 gemeld bericht of lid
   *[other] { $n } gemelde berichten of leden
}
desk-objections = { $n ->
    [one] 1 bezwaar
   *[other] { $n } bezwaren
}
desk-post-by = Bericht van { $name }
desk-member = Lid: { $name }
desk-reported-by = Gemeld door { $name }
desk-reported-from = Gemeld vanuit { $host }
desk-gone = Het bericht is intussen weg.
desk-look = Bekijken
desk-close = Afhandelen
desk-decide = Beslissen
desk-objection-by = Bezwaar van { $name }
desk-suspended = Geschorst uit deze groep
desk-nobody-suspended = Er is niemand geschorst.
desk-groups = Mijn groepen als moderator
report-close-title = Afhandelen wat is gemeld
report-close-lead = Wie dit meldde, krijgt in algemene woorden bericht van wat ermee is gedaan.
close-outcome = Wat is ermee gedaan?
close-nothing = Niets: het past binnen de regels
close-acted = Er is iets aan gedaan
close-note = Notitie
    .hint = Alleen moderatoren en beheerders kunnen dit lezen.

## Schorsen

suspend-title = { $name } schorsen uit de groep
suspend-lead = Wie geschorst is, kan de groep lezen maar niets schrijven, bewerken of nuttig vinden. Het lid ziet je reden en kan één keer bezwaar maken.
suspend-how-long = Hoe lang?
suspend-days = { $n ->
    [0] Zonder einddatum
    [one] 1 dag
   *[other] { $n } dagen
}
suspend-reason = Reden
    .hint = Het lid leest dit. Leden zien de reden ook in het logboek, dus noem geen namen of persoonlijke gegevens.
    .empty = Schrijf waarom je dit lid schorst. Het lid leest dit.
suspend-crosses = De schorsing geldt ook voor leden van andere omgevingen. Die omgevingen horen wie geschorst is, waarom en tot wanneer.
suspend-remove = Haal ook alles weg wat dit lid in deze groep schreef
suspend-send = Schorsen
suspend-lift = Schorsing opheffen
suspended-until = Geschorst tot
suspended-for-good = Geschorst, zonder einddatum
suspended-you-until = Je bent geschorst tot
suspended-you = Je bent geschorst.
    .text = Je kunt hier lezen, maar niet schrijven.

## Het logboek

log-title = Logboek van moderatie
log-lead = Wat moderatoren en beheerders deden, en waarom. Alleen leden kunnen dit lezen.
log-empty = Er is nog niets gebeurd.
log-by = Door moderator { $name }
log-whom = Over { $name }
log-instance = hele omgeving
log-place = Bekijk in het gesprek
log-older = Ouder
log-act-remove = Bericht weggehaald
log-act-restore = Bericht teruggezet
log-act-suspend = Lid geschorst
log-act-lift = Schorsing opgeheven
log-act-lock = Gesprek gesloten
log-act-unlock = Gesprek heropend
log-act-pin = Bericht vastgezet
log-act-unpin = Bericht niet meer vastgezet
log-act-move = Antwoord of reactie verplaatst
log-act-name = Moderator benoemd
log-act-unseat = Geen moderator meer
log-act-other = Iets anders

## Bezwaar

objection-title = Bezwaar
objection-what = Het bericht
objection-link = Bezwaar maken
objection-see = Je bezwaar bekijken
objection-words = Waarom ben je het er niet mee eens?
    .hint = Een andere moderator of beheerder leest dit, als die er is.
    .empty = Schrijf waarom je het er niet mee eens bent.
objection-once = Je kunt één keer bezwaar maken.
objection-send = Bezwaar versturen
objection-yours = Je bezwaar
objection-wait = Je bezwaar is ontvangen. Je krijgt bericht als erover is beslist.
objection-open = Er is bezwaar gemaakt.
objection-upheld = Het bezwaar is gegrond. Het is teruggedraaid.
objection-rejected = Het bezwaar is afgewezen.
objection-elsewhere = Deze groep is van een andere omgeving. Maak bezwaar bij de moderatoren daar.
objection-alone = Er is geen andere moderator of beheerder. Daarom beslis je zelf over dit bezwaar.
objection-decision = Je beslissing
objection-uphold = Gegrond: draai het terug
objection-reject = Afwijzen
objection-answer = Antwoord
    .hint = Wie bezwaar maakte, leest dit.
    .empty = Schrijf een antwoord voor wie bezwaar maakte.

## Meldingen

notice-report-new = Iemand heeft een bericht of een lid gemeld.
notice-report-acted = Er is iets gedaan met wat je hebt gemeld. Bedankt voor het melden.
notice-report-nothing = We hebben gekeken naar wat je hebt gemeld. Het past binnen de regels, daarom blijft het staan.
notice-removed = Een moderator heeft je bericht weggehaald. Reden: { $detail }
notice-restored = Je bericht staat weer op zijn plaats.
notice-suspended = Je bent geschorst uit { $group }. Reden: { $detail }
notice-lifted = Je schorsing is opgeheven. Je kunt weer schrijven.
notice-objection-new = Iemand heeft bezwaar gemaakt.
notice-objection-upheld = Je bezwaar is gegrond. Antwoord: { $detail }
notice-objection-rejected = Je bezwaar is afgewezen. Antwoord: { $detail }

flash-reported = Bedankt voor het melden. Je hoort wat ermee gebeurt.
flash-reported-before = Je had dit al gemeld. Je hoort wat ermee gebeurt.
flash-report-closed = Dit is afgehandeld.
flash-removed = Het bericht is weggehaald.
flash-removed-here = Het bericht is weggehaald in deze omgeving.
flash-removed-before = Iemand anders had het bericht al weggehaald.
flash-restored = Het bericht staat weer op zijn plaats.
flash-suspended = Het lid is geschorst.
flash-lifted = De schorsing is opgeheven.
flash-objected = Je bezwaar is verstuurd.
flash-decided = Je beslissing is verstuurd.
error-suspended = Je bent hier geschorst: je kunt lezen, maar niet schrijven. Op de pagina van de groep staat waarom, en tot wanneer.
error-own-report = Jezelf of je eigen bericht kun je niet melden. Je eigen bericht kun je zelf verwijderen.
error-own-remove = Je eigen bericht haal je niet weg als moderator. Gebruik Verwijderen.
error-own-restore = Je eigen bericht zet je niet zelf terug: een andere moderator of beheerder beslist daarover. Je kunt wel bezwaar maken.
error-not-suspend = Dit lid kun je niet schorsen. Een moderator of beheerder moet eerst die rol kwijt zijn, en jezelf schorsen kan niet.
error-other-decides = Over dit bezwaar beslist een andere moderator of beheerder.
login-shut = Je kunt niet inloggen: een beheerder heeft je account geschorst. Reden: { $reason }
login-shut-until = Je kunt niet inloggen: een beheerder heeft je account geschorst tot { $until }. Reden: { $reason }
objection-received = Je bezwaar is ontvangen. Log later opnieuw in: dan lees je hier wat er is besloten.

## Over de grens

error-first-moderator = De eerste moderator van een groep stopt zelf, of een beheerder beslist erover.
error-group-moved = Deze groep is verhuisd. Schrijf in de nieuwe groep: de link staat op de pagina van de groep.
error-moved-lately = Er is minder dan een week geleden al verhuisd. Probeer het later opnieuw.
error-move-unknown = De andere kant zegt nog niet dat dit dezelfde is. Vul daar eerst in dat je hier vandaan komt.
desk-moderators = Moderatoren van deze groep
    .text = Deze groep is van een andere omgeving. Je bent daar moderator: wat je hier doet, wordt daarheen gestuurd en geldt overal.
flash-moderator-unknown = We vonden dat lid niet. Controleer de naam en de omgeving.

## Verhuizen

move-title = Verhuizen
move-group-title = De groep verhuizen
move-here = Hierheen verhuizen
    .text = Had je een account op een andere omgeving? Vul dat hier in. Daarna kun je daar aangeven dat je hierheen bent verhuisd.
move-group-here-text = Komt een groep van een andere omgeving hierheen? Vul hier de oude groep in. Daarna kan de beheerder daar de groep verhuizen.
move-from = Accounts die je had
    .hint = Eén per regel, bijvoorbeeld naam@omgeving.nl
    .empty = Schrijf op elke regel een naam en een omgeving, bijvoorbeeld naam@omgeving.nl
    .characters = We vonden niet elk account. Controleer de namen en de omgevingen.
move-group-from = Groepen die het waren
    .hint = Eén per regel, bijvoorbeeld groep@omgeving.nl
    .empty = Schrijf op elke regel een groep en een omgeving, bijvoorbeeld groep@omgeving.nl
    .characters = We vonden niet elke groep. Controleer de namen en de omgevingen.
move-away = Weg van hier
    .text = Wie jou volgt, volgt daarna je nieuwe account. Wat je hier schreef, blijft hier staan. Op je pagina staat waar je nu bent. Je houdt je account hier en kunt het later sluiten. Vul eerst op de nieuwe omgeving in dat je hier vandaan komt.
move-group-away-text = Leden van deze groep worden lid van de nieuwe groep. De oude gesprekken blijven hier te lezen, maar niemand kan hier nog iets toevoegen. Op de pagina staat waar de groep nu is. Vul eerst op de nieuwe omgeving in dat de groep hier vandaan komt.
move-to = Je nieuwe account
    .hint = Bijvoorbeeld naam@omgeving.nl
    .empty = Vul je nieuwe account in, bijvoorbeeld naam@omgeving.nl
    .characters = We vonden dit account niet op een andere omgeving. Controleer de naam en de omgeving.
move-group-to = De nieuwe groep
    .hint = Bijvoorbeeld groep@omgeving.nl
    .empty = Vul de nieuwe groep in, bijvoorbeeld groep@omgeving.nl
    .characters = We vonden deze groep niet op een andere omgeving. Controleer de naam en de omgeving.
move-sure = Ja, ik verhuis naar dit account
    .empty = Zet een vinkje als je zeker weet dat je verhuist.
move-group-sure = Ja, de groep verhuist daarheen
    .empty = Zet een vinkje als je zeker weet dat de groep verhuist.
move-send = Verhuizen
move-stay = Toch hier blijven
moved-you = Je bent verhuisd naar
moved-member = Dit lid is verhuisd naar
moved-group = Deze groep is verhuisd naar
moved-group-how = Je kunt hier alles teruglezen. Schrijf nieuwe vragen en antwoorden in de nieuwe groep.
flash-moved = De verhuizing is doorgegeven.
flash-stays = Dit blijft hier.
