"""May this clinician be booked? Decided from what was checked of them, and nothing else.

The same table, in prose, is docs/rules/licences.md; it is also the test data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


class LicenseFacts(Protocol):
    """What is known of one licence. `region` is blank for a licence that covers the whole country."""

    @property
    def country(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def expires_on(self) -> date: ...
    @property
    def verified_at(self) -> datetime | None: ...
    @property
    def verified_against(self) -> str: ...


class CertificateFacts(Protocol):
    """What is known of one board certificate."""

    @property
    def expires_on(self) -> date | None: ...
    @property
    def verified_at(self) -> datetime | None: ...
    @property
    def verified_against(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Bookable:
    """Yes or no, and why in one code."""

    ok: bool
    why: str


def covers(licence: LicenseFacts, region: str, country: str) -> bool:
    """Say whether a licence lets its holder treat someone who is in that place."""
    return licence.country == country and licence.region in {"", region}


def is_checked(paper: LicenseFacts | CertificateFacts) -> bool:
    """Say whether somebody verified the paper, against a source that is named."""
    return paper.verified_at is not None and bool(paper.verified_against.strip())


def may_be_booked(
    licences: Iterable[LicenseFacts],
    certificates: Iterable[CertificateFacts],
    region: str,
    country: str,
    on: date,
) -> Bookable:
    """Say whether a clinician may be booked by a patient in that place on that day.

    Why: a licence is good through its last day and blocks from the night after it.
    Source: requirement PLT-13; Federation of State Medical Boards, "The Appropriate Use of Telemedicine
    Technologies" (2022), section 4: the licence must cover the place of the patient.
    """
    papers: Sequence[LicenseFacts] = list(licences)
    if not papers:
        return Bookable(False, "no_license")
    here = [paper for paper in papers if covers(paper, region, country)]
    if not here:
        return Bookable(False, "place_not_covered")
    checked = [paper for paper in here if is_checked(paper) and paper.number.strip()]
    if not checked:
        return Bookable(False, "license_not_verified")
    if all(paper.expires_on < on for paper in checked):
        return Bookable(False, "license_expired")
    boards: Sequence[CertificateFacts] = list(certificates)
    if not boards:
        return Bookable(False, "no_certificate")
    proven = [board for board in boards if is_checked(board)]
    if not proven:
        return Bookable(False, "certificate_not_verified")
    if all(board.expires_on is not None and board.expires_on < on for board in proven):
        return Bookable(False, "certificate_expired")
    return Bookable(True, "checked")
