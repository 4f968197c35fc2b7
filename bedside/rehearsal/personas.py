"""The ten people everyone meets in the rehearsal clinic, the same as in the tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

#: The password of everyone here. It is printed by `bin/run`; a rehearsal has no secrets.
PASSWORD = "bedside rehearsal"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Persona:
    """Someone with a part to play."""

    key: str
    given_name: str
    family_name: str
    birth_on: date
    sex: str
    language: str
    roles: tuple[str, ...]
    portrait_seed: int

    @property
    def email(self) -> str:
        """Where their mail goes: an address that cannot exist."""
        return f"{self.key}@rehearsal.example"


#: The last figure is the face: a seed from `platform.ui.faces.seed_for`, chosen by eye.
PERSONAS = (
    Persona("ada", "Ada", "Reyes", date(1985, 3, 9), "female", "en", (), 116),
    Persona("ben", "Ben", "Reyes", date(1957, 6, 2), "male", "es", (), 87),
    Persona("chen", "Lin", "Chen", date(1978, 2, 14), "female", "en", ("physician",), 156),
    Persona("diaz", "Mateo", "Diaz", date(1981, 9, 30), "male", "es", ("physician",), 77),
    Persona("eve", "Eve", "Novak", date(1990, 12, 1), "female", "en", (), 178),
    Persona("femi", "Femi", "Adeyemi", date(1975, 5, 5), "male", "en", ("administrator",), 213),
    Persona("gita", "Gita", "Rao", date(1988, 8, 8), "female", "en", ("nurse",), 140),
    Persona("hal", "Hal", "Berg", date(1970, 1, 1), "male", "en", ("operator",), 245),
    Persona("iris", "Iris", "Vance", date(1969, 4, 4), "female", "en", ("privacy_officer",), 132),
    Persona("tomas", "Tomás", "Silva", date(1992, 7, 7), "male", "es", ("telepresenter",), 11),
)
