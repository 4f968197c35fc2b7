"""The words that made-up requests are made of: good ones, and those that break programs."""

from __future__ import annotations

#: What breaks programs: nothing, too much, letters that are none, numbers beyond measure, other languages of commands.
NASTY = (
    "", " ", "\x00", "\ud800", "\u202e", "%", "_", "\\", "'", '"', "';--", "$ne", "null", "NaN", "-0", "1e400",
    "9" * 400, "a" * 5000, "|", "||", ",", ",,,", "\\,", "$", "(", "[", "{", "*", "../..", "http://[", "#x",
    "2026-02-30", "0000", "9999-12-31T23:59:59.999999999Z", "24:00", "true", "#", "urn:uuid:x", "Patient/../1",
    "é" * 300, "Patient/",
)  # fmt: skip
PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap", "", "xx")
MODIFIERS = (
    "missing", "exact", "contains", "not", "text", "in", "not-in", "above", "below", "of-type", "identifier", "Patient",
    "nonsense", "iterate",
)  # fmt: skip
GOOD = {
    "token": ("final", "http://loinc.org|8480-6", "|x", "x|", "active,final", "true"),
    "reference": (
        "Patient/{ada}",
        "{ada}",
        "Patient/1",
        "http://localhost:8000/fhir/R4/Patient/{ada}",
        "Patient/1/_history/1",
    ),
    "date": (
        "2026",
        "2026-11",
        "2026-11-24",
        "2026-11-24T15:00:00Z",
        "2026-11-24T15:00",
        "2026-11-24T15:00:00.5-06:00",
    ),
    "string": ("Reyes", "ada", "ré", "a,b", "a\\,b"),
    "number": ("1", "0.5", "-3", "1e3", "100"),
    "quantity": ("120", "120|http://unitsofmeasure.org|mm[Hg]", "1.2e2||mmHg", "5.4|http://unitsofmeasure.org|mg"),
    "uri": ("http://example.org/x", "urn:oid:1.2.3"),
    "composite": ("8480-6$120", "http://loinc.org|8480-6$gt100", "a$b$c"),
    "special": ("1", "42.25|-83.69|11.2|km"),
}
CONTROL = {
    "_count": ("0", "1", "50", "1001", "x", "-1"),
    "_sort": ("_id", "-_lastUpdated", "date", "-date,code", "nonsense", ""),
    "_total": ("none", "accurate", "estimate", "x"),
    "_summary": ("true", "text", "data", "count", "false", "x"),
    "_elements": ("id", "status,code", "nonsense", ""),
    "_include": ("*", "Observation:subject", "Observation:subject:Patient", "x", ":", "Observation:*"),
    "_revinclude": ("Provenance:target", "Observation:subject", "*", "x:y:z"),
    "_include:iterate": ("Observation:has-member", "*"),
    "_has:Observation:patient:code": ("8480-6", ""),
    "_has:Nonsense:x:y": ("1",),
    "_list": ("1", "$current-problems"),
    "_lastUpdated": ("ge2026", "x"),
    "_tag": ("x", "|"),
    "_type": ("Observation,Condition", "Nonsense", ""),
    "_format": ("json", "xml", "application/fhir+json", "x"),
    "_pretty": ("true",),
    "_page": ("AAAA", "%%%"),
    "_since": ("2026-11-24T15:00:00Z", "x", "9999-12-31", "0001-01-01T00:00:00+14:00"),
    "_at": ("2026",),
    "_contained": ("true", "both"),
    "nonsense": ("x",),
}  # fmt: skip
HEADERS: dict[str, tuple[str, ...]] = {
    "accept": ("application/fhir+json", "application/fhir+xml", "*/*", "x", "application/fhir+json; fhirVersion=5.0"),
    "prefer": ("return=minimal", "return=OperationOutcome", "handling=lenient", "handling=strict", "x;;=,"),
    "if-match": ('W/"1"', '"2"', "*", "x", 'W/"99999999999"', ""),
    "if-none-match": ("*", 'W/"1"', "x", ""),
    "if-none-exist": ("identifier=urn:lab|7", "code=8480-6", "", "x", "nonsense=1", "_id=1&_id=2"),
    "if-modified-since": ("Tue, 24 Nov 2026 15:00:00 GMT", "x", "Mon, 01 Jan 0001 00:00:00 GMT"),
    "content-type": (
        "application/fhir+json",
        "application/json",
        "application/json-patch+json",
        "text/plain",
        "",
        "x/y;;;",
    ),
    "range": ("bytes=0-1",),
    "content-encoding": ("gzip", "identity"),
    "x-request-id": ("x" * 300,),
}
