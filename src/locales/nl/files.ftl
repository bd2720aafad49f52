# Pictures

## In een formulier

pictures-add = Afbeeldingen toevoegen (niet verplicht)
pictures-why = Beschrijf bij elke afbeelding wat erop te zien is. Wie slecht ziet, laat de beschrijving voorlezen en weet dan ook waar het over gaat. Gegevens in het bestand, zoals de plaats waar een foto is gemaakt, halen we eruit.
picture-number = Afbeelding { $n }
picture-file = Kies een afbeelding
    .hint = JPEG, PNG, WebP of GIF, tot 10 MB.
picture-other = Kies een andere afbeelding
    .hint = Alleen als je deze wilt vervangen.
picture-alt = Beschrijving
    .hint = Wat zie je, en wat maakt dat hier duidelijk? Staat er tekst op? Neem die over.
picture-decorative = Alleen versiering: zonder deze afbeelding mist niemand iets
picture-drop = Deze afbeelding weghalen
picture-too-large = Afbeelding { $n }: het bestand is groter dan 10 MB. Maak de afbeelding kleiner of kies een andere.
picture-unknown = Afbeelding { $n }: dit bestand is geen JPEG, PNG, WebP of GIF. Kies een ander bestand, of maak er eerst een schermafbeelding van.
picture-pixels = Afbeelding { $n }: de afbeelding heeft te veel beeldpunten (meer dan 40 miljoen). Maak de afbeelding kleiner of kies een andere.
picture-broken = Afbeelding { $n }: het bestand is beschadigd of niet compleet. Kies het opnieuw, of kies een ander bestand.
picture-missing = Afbeelding { $n }: je hebt wel een beschrijving ingevuld, maar nog geen bestand gekozen. Kies een bestand of maak de beschrijving leeg.
picture-gone = Afbeelding { $n } is niet meer bewaard. Kies het bestand opnieuw.
picture-alt-missing = Beschrijf afbeelding { $n }, zodat ook wie de afbeelding niet ziet kan meedoen. Is het alleen versiering? Vink dat dan aan.
picture-alt-long = De beschrijving van afbeelding { $n } is te lang. Gebruik niet meer dan 1500 tekens; zet de rest in je tekst.
pictures-lost = De bestanden die je had gekozen, konden we niet bewaren. Wat je schreef is er nog. Voeg de afbeeldingen later toe met "Bewerken".
picture-larger = Afbeelding zonder beschrijving: groter bekijken

## Foto, afbeelding van een groep, logo

picture-choose = Kies een afbeelding
    .hint = JPEG, PNG, WebP of GIF, tot 10 MB.
picture-none = Kies eerst een bestand.
photo-title = Je foto
photo-lead = Je foto staat naast wat je schrijft. Anderen zien zo sneller met wie ze praten. We laten een vierkant uit het midden zien.
photo-now = Je foto zoals die nu is
photo-remove = Foto weghalen
photo-remove-sure = Naast je naam staan dan weer je beginletters.
photo-change = Foto kiezen of veranderen
group-picture-title = Afbeelding van de groep
group-picture-lead = De afbeelding staat bij de naam van de groep. We laten een vierkant uit het midden zien.
group-picture-now = De afbeelding zoals die nu is
group-picture-remove = Afbeelding weghalen
group-picture-remove-sure = De groep heeft dan geen afbeelding meer.
group-picture-change = Afbeelding van de groep kiezen of veranderen
logo-title = Logo van de omgeving
logo-lead = Het logo staat bovenaan elke pagina, naast de naam. Een eenvoudig logo met een doorzichtige achtergrond werkt het best, ook op een donkere achtergrond.
logo-now = Het logo zoals het nu is
logo-remove = Logo weghalen
logo-remove-sure = Bovenaan elke pagina staat dan weer het teken van Meent.
logo-change = Logo kiezen of veranderen
flash-picture-saved = Opgeslagen. De nieuwe afbeelding is te zien.
flash-picture-removed = De afbeelding is weggehaald.
flash-logo-saved = Opgeslagen. Het logo staat bovenaan elke pagina.
flash-logo-removed = Het logo is weggehaald.
