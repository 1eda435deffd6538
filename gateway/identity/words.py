"""The words that mean something to the matcher, in the languages of most sellers; folded, as they are compared."""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _numbered(*rows: str, first: int) -> dict[str, int]:
    return {word: number for number, row in enumerate(rows, first) for word in row.split()}


def _letters(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


# What sellers add as they please. Nothing in here tells one event from another.
NOISE = _set(
    "a an and at by de der die das den del des du el en et feat featuring ft from il im in la las le les live los mit of on "
    "out por pres presenta presents presented present sold special support guest guests the their ticket tickets tour und uhr "
    "van von w with y zu doors door entry konzert concert concerto concierto show uk eu us anniversary album release world "
    "edition prasentiert prasentieren einlass ao vivo vivo"
)
# What a house is, which is no name of its own; it counts only where nothing else is left.
HOUSE_WORDS = _set(
    "the a of and at de la le il der die das club hall arena theatre theater teatro bar cafe centre center venue live music "
    "concert house room stage saal im am"
)
# Somebody else than the one who is named, or something else than the usual evening.
MARKERS = _set(
    "tribute tributes homage hommage omaggio homenaje cover covers covered plays performs performing aftershow afterparty "
    "afters matinee workshop masterclass quiz karaoke screening film brunch kids parking vip signing rehearsal soundcheck "
    "preview lecture talk legacy impersonator lookalike"
)
# What a provider sells apart, of one and the same event. Parking is no part of it.
TICKETS = _set(
    "vip package packages paket pakete paquete paquetes pacchetto premium platinum hospitality upgrade upgrades meet greet "
    "seats seating deluxe"
)
FEAST = _set("festival festivals fest festa festivalen feest openair weekender")
# Parts of a run or of a festival.
WEEKDAYS = _numbered(
    "monday montag lundi lunes lunedi maandag mandag segunda",
    "tuesday dienstag mardi martes martedi dinsdag tirsdag terca",
    "wednesday mittwoch mercredi miercoles mercoledi woensdag onsdag quarta",
    "thursday donnerstag jeudi jueves giovedi donderdag torsdag quinta",
    "friday freitag vendredi viernes venerdi vrijdag fredag sexta",
    "saturday samstag samedi sabado sabato zaterdag lordag",
    "sunday sonntag dimanche domingo domenica zondag sondag",
    first=0,
)
# "Day One", "Part II": only behind what is counted.
COUNTED = _set("day part vol volume tag jour dia giorno dag night act episode session round teil no nr")
NUMBERS = _numbered("one i", "two ii", "three iii", "four iv", first=1)
# Cyrillic and Greek as most sites write them in Latin letters; other scripts stay as they are.
LATIN = str.maketrans(
    _letters(
        "а=a б=b в=v г=g д=d е=e з=z и=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f ы=y э=e і=i ї=i є=e ґ=g ђ=dj ј=j љ=lj "
        "њ=nj ћ=c џ=dz ж=zh х=kh ц=ts ч=ch ш=sh щ=shch ъ= ь= ю=yu я=ya "
        "α=a β=v γ=g δ=d ε=e ζ=z η=i ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f ω=o θ=th χ=ch ψ=ps"
    )
)
