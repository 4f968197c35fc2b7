"""Make the places: hospitals, clinics, pharmacies and laboratories, and who works in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bedside.accounts.models import Person
from bedside.directory.models import Affiliation, BoardCertificate, License, Location, Organization, Practitioner
from bedside.directory.terms import SPECIALTIES

from .dice import Dice
from .names import CLINIC_WORDS, STREETS, TOWNS
from .people import People

#: Doctors to a clinic, more or less.
DOCTORS_PER_CLINIC = 12

#: What most doctors are, in parts of a hundred.
_SPECIALTY_WEIGHTS = {"207Q00000X": 34, "207R00000X": 18, "208000000X": 10, "207V00000X": 8}

_REGISTERS = {
    "TX": "Texas Medical Board register",
    "NM": "New Mexico Medical Board register",
    "OK": "Oklahoma Medical Board register",
    "LA": "Louisiana State Board of Medical Examiners register",
}
_BIOGRAPHIES = (
    ("Sees whole families, from babies to great-grandparents. Likes to explain with drawings.",
     "Atiende a familias enteras, desde bebés hasta bisabuelos. Le gusta explicar con dibujos."),
    ("Grew up in a town with one doctor, and came back to be the second one.",
     "Creció en un pueblo con un solo médico y volvió para ser el segundo."),
    ("Takes time. Asks what matters to you before talking about tests.",
     "Se toma su tiempo. Pregunta qué le importa a usted antes de hablar de pruebas."),
    ("Works with people who live far from a hospital. Good with a weak connection.",
     "Trabaja con personas que viven lejos de un hospital. Se adapta a una mala conexión."),
    ("Ten years in emergency care, now glad of longer talks.",
     "Diez años en urgencias; ahora disfruta de conversaciones más largas."),
)  # fmt: skip


@dataclass
class Places:
    """The places by kind."""

    clinics: list[Organization] = field(default_factory=list)
    hospitals: list[Organization] = field(default_factory=list)
    pharmacies: list[Organization] = field(default_factory=list)
    laboratories: list[Organization] = field(default_factory=list)

    def all(self) -> list[Organization]:
        """Every place."""
        return self.hospitals + self.clinics + self.pharmacies + self.laboratories


def make_places(dice: Dice, *, doctors: int) -> Places:
    """Make and store enough places for that many doctors."""
    places = Places()
    clinics = max(2, doctors // DOCTORS_PER_CLINIC)
    locations: list[Location] = []

    def add(kind: str, name: str, town: tuple[str, str, str, str]) -> Organization:
        place = Organization(id=dice.id(), kind=kind, name=name, phone=dice.phone(), time_zone=town[2])
        locations.append(
            Location(
                id=dice.id(), organization=place, name=name, city=town[0], region=town[1], phone=place.phone,
                street=f"{dice.random.randrange(10, 4000)} {dice.pick(STREETS).replace('-', ' ')} St",
                postal_code=f"{town[3]}{dice.random.randrange(100):02d}",
            )
        )  # fmt: skip
        return place

    for n in range(clinics):
        town = TOWNS[n % len(TOWNS)]
        word = CLINIC_WORDS[n % len(CLINIC_WORDS)].replace("-", " ")
        around = n // len(CLINIC_WORDS)
        places.clinics.append(add("clinic", f"{word} Clinic" + (f" of {town[0]} {around}" if around else ""), town))
    for n in range(max(1, clinics // 10)):
        town = TOWNS[n % len(TOWNS)]
        around = n // len(TOWNS)
        places.hospitals.append(add("hospital", f"{town[0]} General Hospital" + (f" {around}" if around else ""), town))
    for n, town in enumerate(TOWNS[: max(2, min(len(TOWNS), clinics))]):
        word = CLINIC_WORDS[(n * 3 + 8) % len(CLINIC_WORDS)].replace("-", " ")
        places.pharmacies.append(add("pharmacy", f"{word} Pharmacy", town))
    places.laboratories.append(add("laboratory", "Brazos Laboratory", TOWNS[0]))
    Organization.objects.bulk_create(places.all(), batch_size=1000)
    Location.objects.bulk_create(locations, batch_size=1000)
    return places


def staff_places(dice: Dice, people: People, places: Places, now: datetime) -> list[Practitioner]:
    """Make every doctor a practitioner of a clinic, with licences and board certificates checked or not."""
    practitioners, licences, certificates, affiliations = [], [], [], []
    since = now - timedelta(days=4 * 365)
    verifier = people.personas["femi"]
    for key in ("femi", "gita", "iris", "tomas"):
        role = {"femi": "administrator", "gita": "nurse", "iris": "privacy_officer", "tomas": "telepresenter"}[key]
        affiliations.append(
            Affiliation(person=people.personas[key], organization=places.clinics[0], role=role, starts_at=since)
        )
    for n, doctor in enumerate(people.doctors):
        is_persona = n < 2
        clinic = places.clinics[0] if is_persona else places.clinics[n % len(places.clinics)]
        practitioner = _practitioner(dice, doctor, clinic, is_persona)
        practitioners.append(practitioner)
        affiliations.append(Affiliation(person=doctor, organization=clinic, role="physician", starts_at=since))
        licences += _licences(dice, practitioner, verifier, now, is_persona)
        certificates.append(_certificate(dice, practitioner, now, is_persona))
    Practitioner.objects.bulk_create(practitioners, batch_size=2000)
    License.objects.bulk_create(licences, batch_size=2000)
    BoardCertificate.objects.bulk_create(certificates, batch_size=2000)
    Affiliation.objects.bulk_create(affiliations, batch_size=2000)
    return practitioners


def _practitioner(dice: Dice, doctor: Person, clinic: Organization, is_persona: bool) -> Practitioner:
    codes = list(SPECIALTIES)
    weights = [_SPECIALTY_WEIGHTS.get(code, 4) for code in codes]
    specialty = "207Q00000X" if is_persona else dice.random.choices(codes, weights)[0]
    languages = ["en"]
    if doctor.language == "es" or dice.chance(0.3):
        languages.append("es")
    if doctor.family_name == "Chen":
        languages = ["en", "zh"]
    elif dice.chance(0.12):
        languages.append(dice.pick(("zh", "vi", "ar", "fr", "tl", "ko", "pt", "hi")))
    biography, biography_es = dice.pick(_BIOGRAPHIES)
    family = specialty in _SPECIALTY_WEIGHTS
    return Practitioner(
        person=doctor, organization=clinic, specialties=[specialty], languages=languages, biography=biography,
        biography_es=biography_es, fee_minor=4500 if is_persona else dice.pick((4000, 4200, 4500, 4500, 4900, 5000)
        if family else (6500, 7500, 8900, 9500, 12000)),
        visit_minutes=20 if family or is_persona else 30, time_zone=clinic.time_zone,
    )  # fmt: skip


def _licences(
    dice: Dice, practitioner: Practitioner, verifier: Person, now: datetime, is_persona: bool
) -> list[License]:
    regions = ["TX"]
    if practitioner.time_zone == "America/Denver":
        regions.append("NM")
    elif dice.chance(0.15):
        regions.append(dice.pick(("OK", "LA", "NM")))
    found = []
    for region in regions:
        sound = is_persona or not dice.chance(0.05)
        expired = not sound and dice.chance(0.5)
        checked = sound or expired
        found.append(
            License(
                id=dice.id(), practitioner=practitioner, country="US", region=region,
                number=f"{region[0]}{dice.random.randrange(10_000, 99_999)}-{practitioner.pk.hex[-6:]}",
                expires_on=now.date() - timedelta(days=9) if expired
                else now.date() + timedelta(days=dice.random.randrange(120, 700)),
                verified_at=now - timedelta(days=dice.random.randrange(1, 40)) if checked else None,
                verified_by=verifier if checked else None,
                verified_against=_REGISTERS[region] if checked else "",
            )
        )  # fmt: skip
    return found


def _certificate(dice: Dice, practitioner: Practitioner, now: datetime, is_persona: bool) -> BoardCertificate:
    checked = is_persona or not dice.chance(0.02)
    name = SPECIALTIES[practitioner.specialties[0]]
    return BoardCertificate(
        id=dice.id(), practitioner=practitioner, specialty=practitioner.specialties[0],
        board=f"American Board, {name if isinstance(name, str) else str(name)}",
        expires_on=date(now.year + dice.random.randrange(1, 8), 12, 31),
        verified_at=now - timedelta(days=dice.random.randrange(1, 40)) if checked else None,
        verified_against="ABMS Certification Matters" if checked else "",
    )  # fmt: skip
