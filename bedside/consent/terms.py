"""Why someone may see a chart, for how long, and the texts people consent to.

Source: docs/rules/who-may-see.md, unless a line names another.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

RELATION_REASONS = [
    ("booked", "has an appointment"),
    ("treating", "is treating"),
    ("covering", "covers for a colleague"),
    ("proxy", "acts for the patient"),
    ("break_glass", "opened in an emergency"),
]

#: Relations that only count while the person still holds a clinical role here.
CARE_RELATIONS = frozenset({"booked", "treating", "covering", "break_glass"})

CLINICAL_ROLES = frozenset({"physician", "nurse", "telepresenter"})

#: How long a chart opened in an emergency stays open. Source: docs/rules/who-may-see.md, "Emergencies".
BREAK_GLASS_FOR = timedelta(hours=4)

#: The shortest and longest explanation of an emergency. Units: characters.
BREAK_GLASS_NOTE_LEAST = 10
BREAK_GLASS_NOTE_MOST = 400

#: What a patient's choice about results covers, from wide to narrow. The narrowest that fits counts.
#: Source: docs/rules/results.md, "Gentle results".
RESULT_SCOPES = [("all", "all results"), ("kind", "one kind of test"), ("test", "one test")]

#: Kinds of test a choice can name. Source: requirement REG-04, in the words of FHIR's diagnostic services.
RESULT_KINDS = [
    ("laboratory", "laboratory"), ("pathology", "pathology"), ("imaging", "imaging"), ("genetic", "genetic"),
]  # fmt: skip

#: When a result opens. At once is the default, and no one but the patient can set another.
#: Source: 45 CFR § 171.101 (information blocking): delay only by the patient's own wish.
RESULT_WAYS = [
    ("at_once", "as soon as it is there"),
    ("myself", "when I open it myself"),
    ("together", "together with my clinician"),
]

CONSENT_KINDS = [("telehealth", "telehealth")]


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A text people agree to, as they read it. Any change of words is a new version."""

    kind: str
    version: str
    language: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """The fingerprint kept with every consent, so that the words agreed to can be proved later."""
        whole = "\n\n".join((self.kind, self.version, self.language, self.title, *self.paragraphs))
        return hashlib.sha256(whole.encode()).hexdigest()


#: Source: 22 Tex. Admin. Code § 174.9 and Cal. Bus. & Prof. Code § 2290.5(b) name what a patient must be told
#: before care at a distance; the words are ours, at grade 6.
CONSENT_TEXTS: dict[tuple[str, str], ConsentText] = {
    ("telehealth", "en"): ConsentText(
        kind="telehealth",
        version="2026-11",
        language="en",
        title="Care by video, voice or chat",
        paragraphs=(
            "You will see a licensed clinician by video, voice or chat instead of in a room.",
            "This works well for many problems, but not for all. The clinician cannot touch or examine "
            "you, and may ask you to come to a clinic or go to an emergency room.",
            "The connection can fail. If it does, we call you at the number you gave us.",
            "Nobody records the visit. What is found and decided goes into your record, and you can read it.",
            "Only the people who care for you may open your record. You can always see who did.",
            "You may say no, or stop at any time. It will not change the care you can get from us.",
            "This is not for emergencies. If you are in danger, call 911.",
        ),
    ),
    ("telehealth", "es"): ConsentText(
        kind="telehealth",
        version="2026-11",
        language="es",
        title="Atención por video, voz o chat",
        paragraphs=(
            "Un profesional de salud con licencia le atenderá por video, voz o chat, y no en un consultorio.",
            "Esto sirve para muchos problemas, pero no para todos. El profesional no puede tocarle ni "
            "examinarle, y quizá le pida que vaya a una clínica o a una sala de emergencias.",
            "La conexión puede fallar. Si falla, le llamamos al número que nos dio.",
            "Nadie graba la consulta. Lo que se encuentra y se decide queda en su expediente, y usted puede leerlo.",
            "Solo quienes le atienden pueden abrir su expediente. Usted siempre puede ver quién lo abrió.",
            "Usted puede decir que no, o parar en cualquier momento. Eso no cambia la atención que le damos.",
            "Esto no es para emergencias. Si está en peligro, llame al 911.",
        ),
    ),
}
