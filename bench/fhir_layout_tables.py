"""The two layouts: what is made, what is indexed, and which rows a resource becomes."""

from __future__ import annotations

from typing import Any

from bedside.fhir.indexing import reference_key
from bench.fhir_world import Made

LAYOUTS = ("tokens", "rows")

_RESOURCE = """
CREATE TABLE fhir_resource (
    rid bigint PRIMARY KEY, key bigint NOT NULL, stored_at timestamptz NOT NULL, at_from timestamptz,
    at_to timestamptz, patient_id uuid, author_id uuid, version integer NOT NULL, is_deleted boolean NOT NULL,
    type text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, more_patients uuid[], {tokens} body text NOT NULL
);
CREATE TABLE fhir_date (rid bigint NOT NULL, from_at timestamptz, to_at timestamptz, param integer NOT NULL);
CREATE TABLE fhir_string (rid bigint NOT NULL, param integer NOT NULL, norm text COLLATE "C", raw text COLLATE "C");
CREATE TABLE fhir_number (
    rid bigint NOT NULL, low double precision NOT NULL, high double precision NOT NULL, code bigint, with_key bigint,
    param integer NOT NULL
);
"""
_INDEXES = """
CREATE UNIQUE INDEX fhir_resource_once ON fhir_resource (type, id);
CREATE INDEX fhir_of_patient ON fhir_resource (patient_id, type, at_from DESC NULLS LAST, rid DESC)
    WHERE NOT is_deleted;
CREATE INDEX fhir_of_type ON fhir_resource (type, rid) WHERE NOT is_deleted;
CREATE INDEX fhir_of_type_at ON fhir_resource (type, at_from DESC NULLS LAST, rid DESC) WHERE NOT is_deleted;
CREATE INDEX fhir_by_time_stored ON fhir_resource (type, stored_at, rid);
CREATE INDEX fhir_by_key ON fhir_resource (key);
CREATE INDEX fhir_date_from ON fhir_date (param, from_at, rid);
CREATE INDEX fhir_date_to ON fhir_date (param, to_at, rid);
CREATE INDEX fhir_date_of ON fhir_date (rid);
CREATE INDEX fhir_string_by_norm ON fhir_string (param, norm, rid);
CREATE INDEX fhir_string_of ON fhir_string (rid);
CREATE INDEX fhir_number_low ON fhir_number (param, low, rid);
CREATE INDEX fhir_number_of ON fhir_number (rid);
"""

TABLES = {
    "tokens": _RESOURCE.format(tokens="tokens bigint[] NOT NULL,"),
    # A row for each token holds two keys, of "system|code" and of "code"; a row for each reference its target.
    "rows": _RESOURCE.format(tokens="")
    + """
    CREATE TABLE fhir_token (rid bigint NOT NULL, word bigint NOT NULL, code bigint NOT NULL);
    CREATE TABLE fhir_reference (rid bigint NOT NULL, param bigint NOT NULL, target bigint NOT NULL);
    """,
}
INDEXES = {
    "tokens": _INDEXES + "CREATE INDEX fhir_by_token ON fhir_resource USING gin (tokens) WITH (fastupdate = off);",
    "rows": _INDEXES
    + """
    CREATE INDEX fhir_token_by_word ON fhir_token (word, rid);
    CREATE INDEX fhir_token_by_code ON fhir_token (code, rid);
    CREATE INDEX fhir_token_of ON fhir_token (rid);
    CREATE INDEX fhir_reference_to ON fhir_reference (target, param, rid);
    CREATE INDEX fhir_reference_of ON fhir_reference (rid, param, target);
    """,
}

_COLUMNS = "rid, key, stored_at, at_from, at_to, patient_id, version, is_deleted, type, id, body"
_SIDES = {
    "fhir_date": "rid, param, from_at, to_at",
    "fhir_string": "rid, param, norm, raw",
    "fhir_number": "rid, param, low, high, code, with_key",
}
COPIES = {
    "tokens": {"fhir_resource": _COLUMNS + ", tokens", **_SIDES},
    "rows": {
        "fhir_resource": _COLUMNS,
        **_SIDES,
        "fhir_token": "rid, word, code",
        "fhir_reference": "rid, param, target",
    },
}


def rows_of(layout: str, rid: int, made: Made, tables: dict[str, list[tuple[Any, ...]]]) -> None:
    """Add the rows of one resource to those of each table."""
    kind, name, body, at, entries = made
    patient = entries.patient_ids[0] if entries.patient_ids else None
    row = (rid, reference_key(kind, name), at, entries.at_from, entries.at_to, patient, 1, False, kind, name, body)
    if layout == "tokens":
        tables["fhir_resource"].append((*row, sorted(set(entries.tokens))))
    else:
        tables["fhir_resource"].append(row)
        tables["fhir_token"] += [(rid, word, code) for word, code in entries.values]
        tables["fhir_reference"] += [(rid, param, target) for param, target in entries.links]
    tables["fhir_date"] += [(rid, one.param, one.from_at, one.to_at) for one in entries.dates]
    tables["fhir_string"] += [(rid, one.param, one.norm, one.raw) for one in entries.strings]
    tables["fhir_number"] += [(rid, n.param, n.low, n.high, n.code, n.with_key) for n in entries.numbers]
