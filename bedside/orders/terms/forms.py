"""Forms of medicines and how often they are taken, in words people use. Source: FDA, plain language on labels."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bedside.record.words import Words


@dataclass(frozen=True, slots=True)
class Form:
    """A form: what one of it is called, what one does with it, and where it goes.

    `is_counted` when a dose is a number of pieces (puffs, drops, thin layers) whatever the strength; `package` names
    what the pharmacy hands out when it is not counted out.
    """

    key: str
    name: Words
    one: Words
    many: Words
    take: Words
    where: Words
    is_counted: bool = False
    package: Words | None = None


def _form(key: str, name: str, one: str, many: str, take: str, where: str, package: str = "") -> Form:
    def pair(text: str) -> Words:
        en, _, es = text.partition("|")
        return Words(en, es or en)

    words = (pair(name), pair(one), pair(many), pair(take), pair(where))
    return Form(key, *words, bool(package), pair(package) if package else None)


_MOUTH = "by mouth|por la boca"
_TAKE = "Take|Tome"
_SKIN = "on the skin|sobre la piel"
_BOTTLE = "bottle|frasco"
_TUBE = "tube|tubo"
_LAYER = ("thin layer|capa fina", "thin layers|capas finas", "Put|Aplique")

_ALL = [
    _form("tablet", "tablet|tableta", "tablet|tableta", "tablets|tabletas", _TAKE, _MOUTH),
    _form("capsule", "capsule|cápsula", "capsule|cápsula", "capsules|cápsulas", _TAKE, _MOUTH),
    _form("er_tablet", "long-acting tablet|tableta de acción prolongada", "tablet|tableta", "tablets|tabletas", _TAKE,
          "by mouth, whole|por la boca, entera"),
    _form("er_capsule", "long-acting capsule|cápsula de acción prolongada", "capsule|cápsula", "capsules|cápsulas",
          _TAKE, "by mouth, whole|por la boca, entera"),
    _form("chewable", "chewable tablet|tableta masticable", "chewable tablet|tableta masticable",
          "chewable tablets|tabletas masticables", "Chew|Mastique", "|"),
    _form("odt", "melting tablet|tableta que se disuelve", "melting tablet|tableta", "melting tablets|tabletas",
          "Melt|Disuelva", "on the tongue|sobre la lengua"),
    _form("sublingual", "tablet for under the tongue|tableta sublingual", "tablet|tableta", "tablets|tabletas",
          "Melt|Disuelva", "under the tongue|bajo la lengua"),
    _form("film", "film|lámina", "film|lámina", "films|láminas", "Melt|Disuelva", "under the tongue|bajo la lengua"),
    _form("liquid", "liquid|líquido", "mL|mL", "mL|mL", _TAKE, _MOUTH),
    _form("packet", "packet|sobre", "packet|sobre", "packets|sobres", "Drink|Tome", "mixed in water|disuelto en agua"),
    _form("infusion", "infusion|infusión", "infusion|infusión", "infusions|infusiones", "Give|Administre",
          "into a vein|en la vena", "vial|frasco"),
    _form("inhaler", "inhaler|inhalador", "puff|inhalación", "puffs|inhalaciones", "Breathe in|Inhale",
          "through the mouth|por la boca", "inhaler|inhalador"),
    _form("spray", "nasal spray|aerosol nasal", "time|vez", "times|veces", "Spray|Aplique",
          "in each nostril|en cada fosa nasal", _BOTTLE),
    _form("patch", "patch|parche", "patch|parche", "patches|parches", "Put|Póngase", _SKIN, "patch|parche"),
    _form("cream", "cream|crema", *_LAYER, _SKIN, _TUBE),
    _form("ointment", "ointment|ungüento", *_LAYER, _SKIN, _TUBE),
    _form("gel", "gel|gel", *_LAYER, _SKIN, _TUBE),
    _form("lotion", "lotion|loción", *_LAYER, _SKIN, _BOTTLE),
    _form("eye_drop", "eye drops|gotas para los ojos", "drop|gota", "drops|gotas", "Put|Póngase",
          "in the sore eye|en el ojo afectado", _BOTTLE),
    _form("eye_ointment", "eye ointment|ungüento oftálmico", "thin strip|tira fina", "thin strips|tiras finas",
          "Put|Aplique", "inside the lower eyelid|dentro del párpado inferior", _TUBE),
    _form("ear_drop", "ear drops|gotas para los oídos", "drop|gota", "drops|gotas", "Put|Póngase",
          "in the sore ear|en el oído afectado", _BOTTLE),
    _form("rinse", "mouth rinse|enjuague bucal", "capful|tapa", "capfuls|tapas", "Rinse with|Enjuáguese con",
          "and spit out|y escupa", _BOTTLE),
    _form("vaginal_cream", "vaginal cream|crema vaginal", "applicator|aplicador", "applicators|aplicadores",
          "Put|Aplique", "into the vagina|en la vagina", _TUBE),
    _form("pen", "injection pen|pluma inyectora", "dose|dosis", "doses|dosis", "Inject|Inyéctese",
          "under the skin|bajo la piel", "pen|pluma"),
    _form("insulin", "insulin|insulina", "unit|unidad", "units|unidades", "Inject|Inyéctese",
          "under the skin|bajo la piel", "pen|pluma"),
]  # fmt: skip

FORMS: dict[str, Form] = {form.key: form for form in _ALL}


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often. `per_day` counts the doses of one day (a seventh for once a week)."""

    key: str
    words: Words
    per_day: Decimal


_OFTEN = [
    Frequency("once", Words("one time only", "una sola vez"), Decimal(1)),
    Frequency("daily", Words("once a day", "una vez al día"), Decimal(1)),
    Frequency("morning", Words("every morning", "cada mañana"), Decimal(1)),
    Frequency("night", Words("every night", "cada noche"), Decimal(1)),
    Frequency("bid", Words("twice a day", "dos veces al día"), Decimal(2)),
    Frequency("tid", Words("three times a day", "tres veces al día"), Decimal(3)),
    Frequency("qid", Words("four times a day", "cuatro veces al día"), Decimal(4)),
    Frequency("q12h", Words("every 12 hours", "cada 12 horas"), Decimal(2)),
    Frequency("q8h", Words("every 8 hours", "cada 8 horas"), Decimal(3)),
    Frequency("q6h", Words("every 6 hours", "cada 6 horas"), Decimal(4)),
    Frequency("q4h", Words("every 4 hours", "cada 4 horas"), Decimal(6)),
    Frequency("alternate", Words("every other day", "un día sí y otro no"), Decimal("0.5")),
    Frequency("weekly", Words("once a week", "una vez por semana"), Decimal(1) / 7),
]

FREQUENCIES: dict[str, Frequency] = {frequency.key: frequency for frequency in _OFTEN}

AS_NEEDED: dict[str, Words] = {
    "pain": Words("for pain", "para el dolor"),
    "fever": Words("for fever", "para la fiebre"),
    "cough": Words("for cough", "para la tos"),
    "breath": Words("for trouble breathing", "para la falta de aire"),
    "nausea": Words("for nausea", "para la náusea"),
    "itch": Words("for itching", "para la comezón"),
    "stool": Words("after each loose stool", "después de cada diarrea"),
    "nose": Words("for a blocked nose", "para la nariz tapada"),
    "chest": Words("for chest pain", "para el dolor de pecho"),
    "allergy": Words("for a severe allergic reaction", "para una reacción alérgica grave"),
    "sleep": Words("for sleep", "para dormir"),
    "worry": Words("for anxiety", "para la ansiedad"),
    "headache": Words("for headache", "para el dolor de cabeza"),
}
