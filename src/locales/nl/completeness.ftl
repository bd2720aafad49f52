# Of een gesprek van een andere omgeving hier volledig is

whole-title = Is dit gesprek hier volledig?
whole-replies = { $n ->
    [0] Er zijn hier nog geen antwoorden of reacties.
    [one] Hier staat 1 antwoord of reactie.
   *[other] Hier staan { $n } antwoorden en reacties.
}
whole-checked = Vergeleken met { $host }:
whole-unchecked = We hebben dit gesprek nog niet met die omgeving vergeleken.
whole-elsewhere = { $n ->
    [one] Daar staat nog 1 reactie van een omgeving waarmee wij niet verbonden zijn. Die zie je hier niet.
   *[other] Daar staan nog { $n } reacties van omgevingen waarmee wij niet verbonden zijn. Die zie je hier niet.
}
whole-unreached = { $n ->
    [one] 1 reactie konden we niet ophalen: de omgeving waar die vandaan komt, gaf geen antwoord.
   *[other] { $n } reacties konden we niet ophalen: de omgevingen waar die vandaan komen, gaven geen antwoord.
}
whole-under-way = Dit gesprek wordt nu gecontroleerd.
whole-look-again = Kijk of het klaar is
whole-silent = De laatste keer gaf { $host } geen antwoord. We proberen het vanzelf opnieuw.
whole-refused = Deze omgeving is niet verbonden met { $host }. Daarom kunnen we dit gesprek niet vergelijken.
whole-check = Nu controleren
ago-now = zojuist
ago-minutes = { $n ->
    [one] 1 minuut geleden
   *[other] { $n } minuten geleden
}
ago-hours = { $n } uur geleden
ago-days = { $n ->
    [one] 1 dag geleden
   *[other] { $n } dagen geleden
}
flash-check-begun = We controleren dit gesprek nu. Kijk over een minuut onderaan of het klaar is.
flash-check-under-way = Dit gesprek wordt al gecontroleerd. Kijk over een minuut onderaan of het klaar is.
flash-check-too-soon = Dit gesprek is minder dan tien minuten geleden gecontroleerd. Probeer het straks opnieuw.
flash-check-too-often = Je hebt in korte tijd veel gesprekken laten controleren. Over een uur kan het weer.
