"""Turns clauses into conditions of SQL. Every value travels beside the words, and every alias is reached.

Shape: a *scoped* row is one of few, because a patient or an id is known already: its own columns are looked at. One
that is not is found by an index: GIN over the tokens, or the tables beside.
Why: a statement that is planned once must not be tempted to look up a common token for one patient; see decision 28.
"""

from __future__ import annotations

from .beside import beside_condition, missing_beside
from .keys import keys_of, mixed_keys, presence_keys
from .query import AllOf, AnyOf, Chain, Clause, CodesOf, Has, IdIs, Match, Missing, OfPatients, Reads, Stored
from .ranges import instant_condition
from .reading import reads_condition, text_condition
from .statement import Statement

#: The sorts that are found among the tokens of a resource.
AMONG_TOKENS = {"token", "reference", "uri"}


def is_scoped(clauses: tuple[Clause, ...]) -> bool:
    """Say whether these clauses leave few rows by themselves: those of a patient, or those with an id."""
    return any(
        isinstance(clause, OfPatients | IdIs) or (isinstance(clause, AllOf) and is_scoped(clause.clauses))
        for clause in clauses
    )


def patients_kept_to(clauses: tuple[Clause, ...]) -> tuple[str, ...]:
    """Return the ids of the patients whose charts some clauses keep to; nothing where they keep to none."""
    for clause in clauses:
        match clause:
            case OfPatients(ids):
                return ids
            case AllOf(inner) if found := patients_kept_to(inner):
                return found
    return ()


def all_conditions(clauses: tuple[Clause, ...], alias: str, made: Statement) -> str:
    """Return that all clauses hold of an alias, beginning with AND, or nothing."""
    scoped = is_scoped(clauses)
    return "".join(f" AND {condition(clause, alias, made, scoped)}" for clause in clauses)


def condition(clause: Clause, alias: str, made: Statement, scoped: bool) -> str:
    """Return that a clause holds of an alias. It may stand after AND as it is."""
    match clause:
        case AllOf(clauses):
            return f"({' AND '.join(condition(each, alias, made, scoped) for each in clauses)})"
        case AnyOf(clauses):
            return f"({' OR '.join(condition(each, alias, made, scoped) for each in clauses)})"
        case IdIs(ids):
            return f"{alias}.id = ANY({made.put(list(ids), 'text[]')})"
        case Stored(values):
            return f"({' OR '.join(instant_condition(each, f'{alias}.stored_at', made.put) for each in values)})"
        case OfPatients(ids):
            return _of_patients(ids, alias, made)
        case Match():
            return _match(clause, alias, made, scoped)
        case Missing():
            return _missing(clause, alias, made, scoped)
        case Chain():
            return _chain(clause, alias, made, scoped)
        case Has():
            return _has(clause, alias, made, scoped)
        case Reads(place, text):
            return reads_condition(place, text, alias, made)
        case CodesOf():
            raise AssertionError("the codes of a value set are looked up before the statement is made")


def _of_patients(ids: tuple[str, ...], alias: str, made: Statement) -> str:
    patients = made.patients(ids)
    return f"({alias}.patient_id = ANY({patients}) OR {alias}.more_patients && {patients})"


def has_token(keys: list[int], alias: str, made: Statement, scoped: bool) -> str:
    """Return that one of some keys stands among the tokens."""
    if len(keys) == 1:
        if scoped:
            return f"{made.put(keys[0], 'bigint')} = ANY({alias}.tokens)"
        return f"{alias}.tokens @> {made.put(keys, 'bigint[]')}"
    column = f"({alias}.tokens || '{{}}'::bigint[])" if scoped else f"{alias}.tokens"
    return f"{column} && {made.put(keys, 'bigint[]')}"


def _match(clause: Match, alias: str, made: Statement, scoped: bool) -> str:
    if clause.modifier == "text":
        return text_condition(clause, alias, made)
    sort = clause.param.sort
    if clause.parts:
        sort = clause.parts[1].sort
    if sort not in AMONG_TOKENS or (clause.modifier == "below"):
        return beside_condition(clause, alias, made, scoped)
    found = has_token(keys_of(clause), alias, made, scoped)
    return f"NOT ({found})" if clause.modifier == "not" else found


def _missing(clause: Missing, alias: str, made: Statement, scoped: bool) -> str:
    if clause.param.sort in AMONG_TOKENS:
        found = has_token(presence_keys(clause.param), alias, made, scoped)
    else:
        found = missing_beside(clause.param, alias, made, scoped)
    return f"NOT ({found})" if clause.is_missing else found


# --- Links -----------------------------------------------------------------------------------------------------
def _chain(clause: Chain, alias: str, made: Statement, scoped: bool) -> str:
    """Whatever is referred to is reached like everything else: what cannot be seen cannot be asked about."""
    arms = []
    for kind, inner in clause.branches:
        there, mixed = made.alias("t"), made.put(mixed_keys(clause.param), "bigint[]")
        rows = f"{made.rows(there, (kind,))}{all_conditions((inner,), there, made)}"
        if scoped:
            arms.append(
                f"EXISTS (SELECT FROM fhir_resource {there}, unnest({mixed}) mixed WHERE {there}.key IN "
                f"(SELECT one # mixed FROM unnest({alias}.tokens) one) AND {rows})"
            )
        else:
            arms.append(f"SELECT {there}.key # mixed FROM fhir_resource {there}, unnest({mixed}) mixed WHERE {rows}")
    if scoped:
        return f"({' OR '.join(arms)})"
    return f"{alias}.tokens && ARRAY({' UNION ALL '.join(arms)})"


def _has(clause: Has, alias: str, made: Statement, scoped: bool) -> str:
    there, mixed = made.alias("s"), made.put(mixed_keys(clause.param)[0], "bigint")
    rows = f"{made.rows(there, clause.param.kinds)}{all_conditions((clause.clause,), there, made)}"
    if scoped:
        return (
            f"EXISTS (SELECT FROM fhir_resource {there} WHERE "
            f"{there}.tokens @> ARRAY[{alias}.key # {mixed}] AND {rows})"
        )
    return f"{alias}.key IN (SELECT unnest({there}.tokens) # {mixed} FROM fhir_resource {there} WHERE {rows})"
