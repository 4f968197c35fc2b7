"""Makes requests up, from the definitions of R4: most are nearly right, many are wrong, a few are monsters.

A seed makes the same requests again. The documents begin with valid ones and are then broken in a few places, so that
they come further than noise would.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from bedside.fhir.definitions import registry

from .fuzz_words import CONTROL, GOOD, HEADERS, MODIFIERS, NASTY, PREFIXES

Document = dict[str, Any]


@dataclass
class Asked:
    """One made-up request."""

    method: str
    path: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path[:300]} {self.headers} {(self.body or b'')[:600]!r}"


class Maker:
    """Makes requests up. `samples` are valid documents by type; `ids` people's and resources' ids to ask about."""

    def __init__(self, seed: int, samples: dict[str, list[Document]], ids: dict[str, str]) -> None:
        self.dice = random.Random(seed)
        self.samples, self.ids = samples, ids
        self.kinds = list(registry().resource_types)
        #: Addresses of what was stored on the way; whoever sends the requests adds to them.
        self.known: list[str] = []

    def request(self) -> Asked:
        """Make one request up."""
        makers: list[tuple[int, Callable[[], Asked]]] = [
            (30, self.search), (20, self.create), (10, self.update), (12, self.patch), (8, self.bundle), (8, self.read),
            (6, self.operation), (4, self.history), (3, self.delete), (2, self.noise),
        ]  # fmt: skip
        weights = [weight for weight, _ in makers]
        asked = self.dice.choices([make for _, make in makers], weights)[0]()
        if self.dice.random() < 0.3:
            name = self.dice.choice(list(HEADERS))
            asked.headers[name] = self.dice.choice(HEADERS[name])
        return asked

    def _kind(self) -> str:
        common = ["Observation", "Patient", "Condition", "Encounter", "Appointment", "Slot", "Practitioner", "Task"]
        pool = common if self.dice.random() < 0.6 else [*self.kinds, "Nonsense", "Resource", "metadata"]
        return self.dice.choice(pool)

    def _address(self) -> str:
        if self.known and self.dice.random() < 0.6:
            return self.dice.choice(self.known)
        id = self.dice.choice([*self.ids.values(), "1", "a.b-c", "x" * 64, "x" * 65, "..", "%00", "a b"])
        return f"{self._kind()}/{quote(id)}"

    def _value(self, kind: str) -> str:
        roll = self.dice.random()
        value = self.dice.choice(NASTY) if roll < 0.2 else self.dice.choice(GOOD.get(kind, GOOD["token"]))
        for name, id in self.ids.items():
            value = value.replace(f"{{{name}}}", id)
        if kind in ("date", "number", "quantity") or roll > 0.95:
            value = self.dice.choice(PREFIXES) + value
        return ",".join([value] * self.dice.choice((1, 1, 1, 1, 2, 30)))

    def _parameter(self, kind: str) -> str:
        known = registry().search.get(kind) if kind in registry().search else None
        if not known or self.dice.random() < 0.25:
            name = self.dice.choice(list(CONTROL))
            value = self.dice.choice(NASTY) if self.dice.random() < 0.15 else self.dice.choice(CONTROL[name])
            return f"{quote(name, safe=':')}={_quoted(value)}"
        one = known[self.dice.choice(list(known))]
        name, sort = one.code, one.kind
        if self.dice.random() < 0.25:
            name += ":" + self.dice.choice(MODIFIERS)
            sort = self.dice.choice([sort, "token"])
        if one.kind == "reference" and self.dice.random() < 0.3:
            target = self.dice.choice(one.targets or ("Patient",))
            inner = self.dice.choice(list(registry().search.get(target) or {"_id": 0}))
            name = f"{one.code}{self.dice.choice(['', ':' + target])}.{inner}"
            sort = "token"
        return f"{quote(name, safe=':.')}={_quoted(self._value(sort))}"

    def query(self, kind: str) -> str:
        """Make the parameters of a search up."""
        return "&".join(self._parameter(kind) for _ in range(self.dice.choice((0, 1, 1, 2, 2, 3, 6))))

    def search(self) -> Asked:
        """Make a search up: by address, by form, of a compartment, of everything."""
        kind = self._kind()
        where = self.dice.choice([kind] * 6 + ["", f"Patient/{self.ids['ada']}/{kind}", f"Patient/{self.ids['eve']}/*"])
        if self.dice.random() < 0.15:
            body = self.query(kind).encode()
            return Asked(
                "POST", f"{where}/_search".lstrip("/"), body, {"content-type": "application/x-www-form-urlencoded"}
            )
        return Asked(self.dice.choice(("GET", "GET", "GET", "HEAD")), f"{where}?{self.query(kind)}")

    def document(self, kind: str = "") -> Document:
        """Take a valid document and break it in a few places, or in none."""
        kind = kind if kind in self.samples else self.dice.choice(list(self.samples))
        made = deepcopy(self.dice.choice(self.samples[kind]))
        for _ in range(self.dice.choice((0, 0, 1, 1, 2, 5))):
            self._break(made)
        return made

    def _break(self, document: Document) -> None:
        places = list(_places(document))
        if not places:
            return
        holder, key = self.dice.choice(places)
        match self.dice.randrange(8):
            case 0:
                holder[key] = self.dice.choice(NASTY)
            case 1:
                holder[key] = self.dice.choice([None, [], {}, 0, -1, 1.5, True, [None], [[]], {"a": 1}, 2**70, "x"])
            case 2:
                del holder[key]
            case 3:
                other, name = self.dice.choice(places)
                holder[key] = deepcopy(other[name]) if name in other or isinstance(other, list) else None
            case 4:
                holder[key] = [holder[key]]
            case 5 if isinstance(holder, dict):
                holder[self.dice.choice(("_" + str(key), "extension", "contained", "id", "meta", "x", "\ud800"))] = (
                    holder[key]
                )
            case 6 if isinstance(holder, list):
                holder.extend([deepcopy(holder[key])] * self.dice.choice((1, 3, 200)))
            case _:
                holder[key] = {"reference": f"{self._kind()}/{self.dice.choice(list(self.ids.values()))}"}

    def _text(self, value: Any) -> bytes:
        text = json.dumps(value).encode()
        if self.dice.random() < 0.04 and len(text) > 2:
            at = self.dice.randrange(len(text))
            text = (
                text[:at] + self.dice.choice((b"", b"\xff", b"\x00", b'"', b"{", b"1e999", b"\\ud800")) + text[at + 1 :]
            )
        return text

    def create(self) -> Asked:
        """Make a creation up."""
        document = self.document()
        kind = document.get("resourceType") if self.dice.random() < 0.95 else self._kind()
        return Asked("POST", str(kind)[:60].replace("\ud800", "x"), self._text(document), dict(_JSON))

    def update(self) -> Asked:
        """Make an update up: by address, or by condition."""
        address = self._address()
        document = self.document(address.partition("/")[0])
        if self.dice.random() < 0.8:
            document["id"] = address.partition("/")[2]
        if self.dice.random() < 0.2:
            kind = address.partition("/")[0]
            return Asked("PUT", f"{kind}?{self.query(kind)}", self._text(document), dict(_JSON))
        return Asked("PUT", address, self._text(document), dict(_JSON))

    def patch(self) -> Asked:
        """Make a patch up, in each of the three ways."""
        address = self._address()
        kind, sample = address.partition("/")[0], self.document(address.partition("/")[0])
        pointers = ["/" + "/".join(map(str, path)) for path in _paths(sample)] + [
            "",
            "/",
            "/x/-",
            "/note/-",
            "//",
            "/~2",
        ]
        value = self.dice.choice([sample, self.dice.choice(NASTY), 1, None, [], {"text": "x"}])
        match self.dice.randrange(3):
            case 0:
                operations = [
                    {
                        "op": self.dice.choice(("add", "remove", "replace", "move", "copy", "test", "x")),
                        "path": self.dice.choice(pointers),
                        "from": self.dice.choice(pointers),
                        "value": value,
                    }
                    for _ in range(self.dice.choice((0, 1, 2, 10)))
                ]
                return Asked("PATCH", address, self._text(operations), {"content-type": "application/json-patch+json"})
            case 1:
                return Asked(
                    "PATCH",
                    address,
                    self._text({**sample, "resourceType": kind}),
                    {"content-type": "application/merge-patch+json"},
                )
        paths = (
            f"{kind}.status",
            f"{kind}.note[0]",
            f"{kind}.name.where(use = 'official').given",
            f"{kind}",
            "(",
            "1",
            "$this",
        )
        part = [
            {"name": "type", "valueCode": self.dice.choice(("add", "insert", "delete", "replace", "move", "x"))},
            {"name": "path", "valueString": self.dice.choice((*paths, *NASTY))},
            {"name": "name", "valueString": self.dice.choice(("note", "status", "extension", "x", "value"))},
            {
                "name": "value",
                self.dice.choice(("valueCode", "valueString", "valueAnnotation", "part", "resource")): value,
            },
            {"name": "index", "valueInteger": self.dice.choice((0, 1, -1, 10**12))},
        ]
        parameters = {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": part}]}
        return Asked("PATCH", address, self._text(parameters), dict(_JSON))

    def bundle(self) -> Asked:
        """Make a Bundle of requests up."""
        entries = [self._entry() for _ in range(self.dice.choice((0, 1, 2, 3, 8)))]
        sent: Document = {
            "resourceType": self.dice.choice(["Bundle"] * 9 + ["Patient"]),
            "type": self.dice.choice(("transaction", "transaction", "batch", "batch", "history", "x")),
            "entry": entries,
        }
        if self.dice.random() < 0.15:
            self._break(sent)
        return Asked("POST", "", self._text(sent), dict(_JSON))

    def _entry(self) -> Document:
        inner = self.dice.choice((self.create, self.update, self.search, self.read, self.delete, self.patch))()
        entry: Document = {"request": {"method": inner.method, "url": inner.path}}
        if inner.body is not None:
            try:
                entry["resource"] = json.loads(inner.body)
            except ValueError:
                entry["resource"] = "x"
        if self.dice.random() < 0.4:
            entry["fullUrl"] = self.dice.choice(("urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a", "x", "", inner.path))
        for name in ("ifMatch", "ifNoneMatch", "ifNoneExist", "ifModifiedSince"):
            if self.dice.random() < 0.1:
                entry["request"][name] = self.dice.choice(NASTY)
        return entry

    def read(self) -> Asked:
        """Make a reading up, of a resource or of one of its versions."""
        tail = self.dice.choice(
            ("", "", "", "/_history/1", "/_history/0", "/_history/x", "/_history/99999999999999999999")
        )
        return Asked(
            self.dice.choice(("GET", "HEAD")),
            f"{self._address()}{tail}?{self.dice.choice(('', '_summary=true', '_elements=id', '_summary=x', 'x=y'))}",
        )

    def history(self) -> Asked:
        """Make a question about the past up."""
        where = self.dice.choice((self._address(), self._kind(), ""))
        return Asked("GET", f"{where}/_history?{self._parameter('x')}".lstrip("/"))

    def delete(self) -> Asked:
        """Make a deletion up."""
        kind = self._kind()
        return Asked("DELETE", self._address() if self.dice.random() < 0.6 else f"{kind}?{self.query(kind)}")

    def operation(self) -> Asked:
        """Make a call of an operation up."""
        names = (
            "$everything", "$summary", "$lastn", "$docref", "$document", "$expand", "$validate-code", "$lookup",
            "$subsumes", "$translate", "$validate", "$nonsense", "$",
        )  # fmt: skip
        where = self.dice.choice((self._address(), self._kind(), "", f"Patient/{self.ids['ada']}"))
        words = (
            "url",
            "code",
            "system",
            "filter",
            "count",
            "offset",
            "patient",
            "max",
            "_type",
            "_since",
            "codeA",
            "codeB",
            "target",
        )
        pairs = "&".join(
            f"{self.dice.choice(words)}={_quoted(self._value('token'))}" for _ in range(self.dice.choice((0, 1, 2, 4)))
        )
        path = f"{where}/{self.dice.choice(names)}".lstrip("/")
        if self.dice.random() < 0.4:
            parts = [
                {"name": self.dice.choice(words), "valueString": self._value("token")},
                {"name": "resource", "resource": self.document()},
            ]
            return Asked("POST", path, self._text({"resourceType": "Parameters", "parameter": parts}), dict(_JSON))
        return Asked("GET", f"{path}?{pairs}")

    def noise(self) -> Asked:
        """Make up what is hardly a request."""
        path = quote(
            "".join(
                self.dice.choice(("Patient", "/", "..", "%", "$", "_", "\x00", "é", "?", "&", "=", ";"))
                for _ in range(6)
            ),
            safe="/?&=;",
        )
        return Asked(
            self.dice.choice(("GET", "POST", "PUT", "PATCH", "DELETE", "FLY", "OPTIONS", "HEAD")),
            path,
            self.dice.choice((None, b"", b"{}", b"[]", b"\xff")),
        )


_JSON = {"content-type": "application/fhir+json"}


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="|,:/$")


def _places(value: Any) -> Any:
    """Yield every place in a document, as what holds it and its key."""
    items = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, inner in items:
        yield value, key
        yield from _places(inner)


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Any:
    """Yield the path to every place in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    for key, inner in list(items)[:50]:
        yield (*before, key)
        yield from _paths(inner, (*before, key))
