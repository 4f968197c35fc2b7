"""Who may be booked: the table of docs/rules/licences.md."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from bedside.directory.commands import (
    BadPaper,
    LicenseKnown,
    SourceMissing,
    register_certificate,
    register_license,
    verify_certificate,
    verify_license,
)
from bedside.directory.rules import may_be_booked
from bedside.directory.terms import REGIONS, SPECIALTIES, SPOKEN_LANGUAGES, tag
from bedside.kernel.errors import NotAllowed, NotFound
from bedside.kernel.time import UTC
from bedside.platform.audit.models import AuditEvent

DOC = (Path(__file__).parents[3] / "docs/rules/licences.md").read_text()
CHECKED = datetime(2026, 11, 20, tzinfo=UTC)


@dataclass
class Paper:
    country: str = "US"
    region: str = "TX"
    number: str = "TX-1"
    expires_on: date | None = date(2026, 12, 31)
    verified_at: datetime | None = CHECKED
    verified_against: str = "register"


ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in DOC.splitlines()
    if line.startswith("|") and ("2026-" in line)
]


@pytest.mark.parametrize(("licence", "checked", "ends", "certificate", "place", "day", "ok", "why"), ROWS)
def test_the_table(licence, checked, ends, certificate, place, day, ok, why):
    papers = []
    if licence != "none":
        region = "" if licence == "whole country" else "TX"
        number = "" if "without a number" in licence else "TX-1"
        paper = Paper(region=region, number=number, expires_on=date.fromisoformat(ends))
        if checked == "no":
            paper.verified_at, paper.verified_against = None, ""
        papers.append(paper)
    boards = {
        "checked": [Paper(expires_on=None)],
        "none": [],
        "unchecked": [Paper(verified_at=None, verified_against="")],
        "run out": [Paper(expires_on=date(2026, 1, 1))],
    }[certificate]
    answer = may_be_booked(papers, boards, place, "US", date.fromisoformat(day))
    assert (answer.ok, answer.why) == (ok == "yes", why)


def test_the_table_is_there():
    assert len(ROWS) == 11


def test_a_source_of_blanks_is_no_source():
    assert not may_be_booked([Paper(verified_against="  ")], [Paper()], "TX", "US", date(2026, 11, 25)).ok


def test_tags_do_not_collide():
    tags = [tag("specialty", one) for one in SPECIALTIES]
    tags += [tag("language", one) for one in SPOKEN_LANGUAGES]
    tags += [tag("place", f"US-{one}") for one in REGIONS]
    assert len(set(tags)) == len(tags)


def register(cast, now, who="femi", **more):
    facts = {"country": "US", "region": "NM", "number": "NM-7", "expires_on": date(2027, 1, 1), **more}
    return register_license(actor=cast.actor(who), now=now, practitioner_id=cast.chen.id, **facts)


def test_a_licence_counts_once_it_is_verified_and_says_by_whom(cast, now):
    paper = register(cast, now)
    assert paper.verified_at is None
    femi = cast.actor("femi")
    with pytest.raises(SourceMissing):
        verify_license(actor=femi, now=now, license_id=paper.id, against=" \x00 ")
    paper = verify_license(actor=femi, now=now, license_id=paper.id, against="New Mexico Medical Board")
    assert (paper.verified_at, paper.verified_by_id) == (now, cast.femi.id)
    assert AuditEvent.objects.filter(action="directory.verify_license", actor_id=cast.femi.id).count() == 1


def test_a_certificate_is_verified_too(cast, now):
    femi = cast.actor("femi")
    row = register_certificate(actor=femi, now=now, practitioner_id=cast.chen.id, board="ABFM", specialty="207Q00000X")
    assert verify_certificate(actor=femi, now=now, certificate_id=row.id, against="ABMS").verified_at == now


def test_a_number_is_registered_once_per_place(cast, now):
    register(cast, now)
    with pytest.raises(LicenseKnown):
        register(cast, now)


@pytest.mark.parametrize("bad", [{"number": ""}, {"number": "x" * 10_000}, {"country": "USA"}, {"number": "\x00"}])
def test_a_bad_paper_is_refused(cast, now, bad):
    with pytest.raises(BadPaper):
        register(cast, now, **bad)


@pytest.mark.parametrize("who", ["chen", "gita", "ada"])
def test_only_an_administrator_registers_papers(cast, now, who):
    with pytest.raises((NotAllowed, NotFound)):
        register(cast, now, who=who)
