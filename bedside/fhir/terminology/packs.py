"""A code system loaded into tables: too large for memory, and somebody else's to give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bedside.fhir.asking import Ask, Rows, Steps

from .faults import refused
from .shapes import Concept, Designation, Facts, Filter, Found, Property, Selection
from .words import safe_pattern

#: More than this many are not counted: the count would take longer than the page.
_COUNTED = 10_000

_PACK = """SELECT id, url, version, name, copyright FROM fhir_code_system
    WHERE url = %s AND (version = %s OR (%s = '' AND is_in_use))"""
_CONCEPTS = (
    "SELECT code, display, is_active, is_abstract FROM fhir_concept WHERE system = %s AND code = ANY(%s) ORDER BY code"
)
_PARENTS = "SELECT code, parent FROM fhir_concept_parent WHERE system = %s AND code = ANY(%s) ORDER BY parent"
_CHILDREN = "SELECT code FROM fhir_concept_parent WHERE system = %s AND parent = %s ORDER BY code"
_PROPERTIES = """SELECT code, property, kind, value FROM fhir_concept_property WHERE system = %s AND code = ANY(%s)
    ORDER BY property, value"""
_DESIGNATIONS = """SELECT code, language, use, value FROM fhir_designation WHERE system = %s AND code = ANY(%s)
    ORDER BY language, use, value"""

_SELECTED = "SELECT c.code, c.display, c.is_active, c.is_abstract FROM fhir_concept c WHERE"

#: Everything above a code, and everything below one. A circle ends where it began: UNION keeps each code once.
_ABOVE = """WITH RECURSIVE above(code) AS (
    SELECT parent FROM fhir_concept_parent WHERE system = {system} AND code = {code}
    UNION SELECT p.parent FROM above JOIN fhir_concept_parent p ON p.system = {system} AND p.code = above.code
) SELECT code FROM above"""
_BELOW = """WITH RECURSIVE below(code) AS (
    SELECT code FROM fhir_concept_parent WHERE system = {system} AND parent = {code}
    UNION SELECT p.code FROM below JOIN fhir_concept_parent p ON p.system = {system} AND p.parent = below.code
) SELECT code FROM below"""
_IS_UNDER = f"SELECT %(above)s::text IN ({_ABOVE.format(system='%(system)s', code='%(code)s')})"
#: The limit stops the walk: PostgreSQL reads a recursive query only as far as it is asked.
_BELOW_SOME = f"{_BELOW.format(system='%(system)s', code='%(code)s')} LIMIT %(limit)s"


class _Where:
    """The conditions of one selection, and their values."""

    def __init__(self, system: int, wanted: Selection) -> None:
        self.conditions = ["c.system = %(system)s"]
        self.values: dict[str, object] = {"system": system}
        #: Few candidates are looked at one by one, upwards; else the ones below are gathered once.
        self.is_narrow = wanted.codes is not None or bool(wanted.words)
        if wanted.codes is not None:
            self.conditions.append(f"c.code = ANY({self.name(list(wanted.codes))}::text[])")
        if wanted.is_active_only:
            self.conditions.append("c.is_active")
        if wanted.words:
            beginnings = " & ".join(f"'{word}':*" for word in wanted.words)
            self.conditions.append(f"c.words @@ {self.name(beginnings)}::tsquery")
        for one in wanted.filters:
            self.conditions.append(_condition(self, one))

    def name(self, value: object) -> str:
        """Keep a value, and return the place that stands for it."""
        key = f"v{len(self.values)}"
        self.values[key] = value
        return f"%({key})s"

    def below(self, ancestor: str) -> str:
        place = self.name(ancestor)
        if self.is_narrow:
            return f"{place}::text IN ({_ABOVE.format(system='c.system', code='c.code')})"
        return f"c.code IN ({_BELOW.format(system='%(system)s', code=place)})"

    @property
    def sql(self) -> str:
        return " AND ".join(self.conditions)


def _said(where: _Where, name: str, test: Callable[[str], str]) -> str:
    """Return the condition that a property, the code itself or what stands right above it passes a test."""
    if name in ("code", "concept"):
        return test("c.code")
    if name == "display":
        return test("c.display")
    if name in ("parent", "child"):
        own, other = ("code", "parent") if name == "parent" else ("parent", "code")
        return (
            f"EXISTS (SELECT FROM fhir_concept_parent p WHERE p.system = c.system AND p.{own} = c.code "
            f"AND {test(f'p.{other}')})"
        )
    return (
        "EXISTS (SELECT FROM fhir_concept_property p WHERE p.system = c.system AND p.code = c.code "
        f"AND p.property = {where.name(name)} AND {test('p.value')})"
    )


def _condition(where: _Where, asked: Filter) -> str:
    """Return a filter as SQL. Source: FHIR R4 4.0.1, value set filter-operator."""
    name, op, value = asked
    if op == "=" and name == "ancestor":  # as LOINC's value sets write it
        op = "descendent-of"
    if op == "descendent-of":
        return where.below(value)
    if op in ("is-a", "is-not-a"):
        under = f"(c.code = {where.name(value)} OR {where.below(value)})"
        return under if op == "is-a" else f"NOT {under}"
    if op == "generalizes":
        place = where.name(value)
        return f"(c.code = {place} OR c.code IN ({_ABOVE.format(system='%(system)s', code=place)}))"
    if op == "=":
        place = where.name(value)
        return _said(where, name, lambda column: f"{column} = {place}")
    if op in ("in", "not-in"):
        place = where.name([part.strip() for part in value.split(",")])
        found = _said(where, name, lambda column: f"{column} = ANY({place}::text[])")
        return found if op == "in" else f"NOT {found}"
    if op == "regex":
        place = where.name(f"^(?:{safe_pattern(value).pattern})$")
        return _said(where, name, lambda column: f"{column} ~ {place}")
    if op == "exists":
        found = _said(where, name, lambda column: f"{column} IS NOT NULL")
        return found if value == "true" else f"NOT {found}"
    raise refused("not-supported", f"“{op}” is not an operator of a value set's filter.")


@dataclass(frozen=True, slots=True)
class PackSystem:
    """A code system whose concepts are rows."""

    facts: Facts
    id: int

    def find(self, codes: Sequence[str]) -> Steps[dict[str, Concept]]:
        """Return all that is known of some concepts, by the code that was asked for."""
        concepts = _concepts((yield Ask(_CONCEPTS, (self.id, list(codes)))))
        named = yield from self._designated(concepts)
        parents: dict[str, list[str]] = {}
        for code, parent in (yield Ask(_PARENTS, (self.id, list(codes)))):
            parents.setdefault(code, []).append(parent)
        said: dict[str, list[Property]] = {}
        for code, name, kind, value in (yield Ask(_PROPERTIES, (self.id, list(codes)))):
            said.setdefault(code, []).append(Property(name, kind, value == "true" if kind == "valueBoolean" else value))
        return {
            one.code: replace(one, parents=tuple(parents.get(one.code, ())), properties=tuple(said.get(one.code, ())))
            for one in named
        }

    def _designated(self, concepts: list[Concept]) -> Steps[list[Concept]]:
        rows: Rows = yield Ask(_DESIGNATIONS, (self.id, [one.code for one in concepts]))
        found: dict[str, list[Designation]] = {}
        for code, language, use, value in rows:
            found.setdefault(code, []).append(Designation(language, use, value))
        return [replace(one, designations=tuple(found.get(one.code, ()))) for one in concepts]

    def children(self, code: str) -> Steps[list[str]]:
        """Return the codes right below one."""
        return [row[0] for row in (yield Ask(_CHILDREN, (self.id, code)))]

    def is_under(self, code: str, ancestor: str) -> Steps[bool]:
        """Say whether a code stands anywhere below another; no code stands below itself."""
        rows = yield Ask(_IS_UNDER, {"system": self.id, "code": code, "above": ancestor})
        return bool(rows[0][0]) and code != ancestor

    def below(self, code: str, *, limit: int) -> Steps[list[str]]:
        """Return the codes anywhere below one, at most so many."""
        rows = yield Ask(_BELOW_SOME, {"system": self.id, "code": code, "limit": limit})
        return [row[0] for row in rows]

    def select(self, wanted: Selection) -> Steps[Found]:
        """Return the concepts that meet every condition, in the order of their codes; by words, the shortest first."""
        where = _Where(self.id, wanted)
        order = "length(c.display), c.code" if wanted.words else "c.code"
        values = where.values | {"limit": wanted.limit, "offset": wanted.offset, "counted": _COUNTED + 1}
        page = f"{_SELECTED} {where.sql} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s"
        concepts = _concepts((yield Ask(page, values, prepare=False)))
        total: int | None = wanted.offset + len(concepts)
        if len(concepts) == wanted.limit or (not concepts and wanted.offset):
            count = f"SELECT count(*) FROM ({_SELECTED} {where.sql} LIMIT %(counted)s) AS counted"  # noqa: S608  (no value is part of it)
            total = (yield Ask(count, values, prepare=False))[0][0]
            if total is not None and total > _COUNTED:
                total = None
        if wanted.with_designations:
            concepts = yield from self._designated(concepts)
        return Found(concepts, total)


def _concepts(rows: Rows) -> list[Concept]:
    return [Concept(code, display, is_active=active, is_abstract=abstract) for code, display, active, abstract in rows]


def find_pack(url: str, version: str = "") -> Steps[PackSystem | None]:
    """Return a loaded code system, in the version in use unless one is named."""
    rows = yield Ask(_PACK, (url, version, version))
    if not rows:
        return None
    number, held_url, held_version, name, owner = rows[0]
    return PackSystem(Facts(held_url, held_version, name, copyright=owner), number)
