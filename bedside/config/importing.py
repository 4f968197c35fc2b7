"""What `bedside import` does: look through files, say what is in them, store them, and say what became of each."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from .trouble import Trouble

if TYPE_CHECKING:
    from bedside.intake.models import ImportRun

#: What the command ends with. Source: ours, docs/how-to/import-records.md.
ALL_STORED, SOME_REFUSED, SOMEONE_DECIDES = 0, 2, 3


def bring(words: argparse.Namespace) -> int:
    """Import files, and return the code to end with."""
    from bedside.intake.commands import ask_to_store, drop_import, look_through, store_run
    from bedside.intake.queries import runs_of
    from bedside.kernel.errors import Refusal
    from bedside.kernel.time import utc_now
    from bedside.platform.access import system_actor

    operator = system_actor("import")
    began = time.monotonic()
    try:
        group_id = _give(words, operator)
        ids = runs_of(group_id)
        runs = []
        for number, run_id in enumerate(ids, start=1):
            _progress(f"Looking through file {number} of {len(ids)} …")
            runs.append(look_through(actor=system_actor("intake.look_through"), now=utc_now(), run_id=run_id))
        if words.dry_run:
            _finish_line()
            _tell_inside(runs)
            if any(run.state == "looked" for run in runs):
                drop_import(actor=operator, now=utc_now(), group_id=group_id)
            return SOME_REFUSED if any(_refused(run) for run in runs) else ALL_STORED
        if any(run.state == "looked" for run in runs):
            ask_to_store(actor=operator, now=utc_now(), group_id=group_id, is_by_hand=True, leaves_undecided=True)
        storer = system_actor("intake.store_run")
        runs = [
            store_run(actor=storer, now=utc_now(), run_id=run_id, progress=_show(number, len(ids)))
            for number, run_id in enumerate(ids, start=1)
        ]
    except Refusal as refusal:
        raise Trouble(str(refusal)) from None
    _finish_line()
    return _tell_done(runs, time.monotonic() - began)


def _give(words: argparse.Namespace, operator: object) -> UUID:
    """Take every file in, one at a time, and return what joins them."""
    from bedside.intake.commands import give_files
    from bedside.kernel.ids import new_id
    from bedside.kernel.time import utc_now

    paths = [Path(one) for one in words.files]
    missing = next((one for one in paths if not one.is_file()), None)
    if missing is not None:
        raise Trouble(f"There is no file {missing}: check the name, then run this again.")
    source = words.source or "elsewhere"
    treating, group_id = _treating(words.treating), new_id()
    for path in paths:
        give_files(
            actor=operator, now=utc_now(), source=source, files=[(path.name, path.read_bytes())],  # type: ignore[arg-type]
            treating_id=treating, group_id=group_id, is_by_hand=True,
        )  # fmt: skip
    return group_id


def _treating(email: str) -> UUID | None:
    from bedside.accounts.queries import find_person_by_email

    if not email:
        return None
    person = find_person_by_email(email)
    if person is None:
        raise Trouble(f"Nobody signs in as {email}: check the address, or leave --treating out.")
    return person.id


def _show(number: int, of: int) -> Callable[[ImportRun], None]:
    def show(run: ImportRun) -> None:
        _progress(f"Storing file {number} of {of}: {run.place:,} of {run.total:,}")

    return show


def _progress(words: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)


def _finish_line() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _refused(run: ImportRun) -> int:
    return 1 if run.state == "failed" else run.refused or run.inside.get("outcomes", {}).get("refused", 0)


def _tell_inside(runs: list[ImportRun]) -> None:
    for run in runs:
        if run.state == "failed":
            print(f"{run.file_name}: cannot be imported: {run.words}.")
            continue
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in run.inside["kinds"].items())
        print(f"{run.file_name}: {kinds}.")
        outcomes = run.inside["outcomes"]
        print("    " + ", ".join(f"{count:,} {name}" for name, count in outcomes.items()) + ".")
        for one in run.patients.order_by("number"):
            print(f"    patient {one.number}: {one.get_state_display()}.")
        for reason, count in run.inside["reasons"].items():
            print(f"    refused: {count:,} {reason}.")


def _tell_done(runs: list[ImportRun], seconds: float) -> int:
    """Say what became of each file and of all, and return the code to end with."""
    waiting = 0
    for run in runs:
        if run.state == "failed":
            print(f"{run.file_name}: cannot be imported: {run.words}.")
        elif run.state == "looked":
            waiting += 1
            print(f"{run.file_name}: waits. Someone must say who its patient is, on the page “Import”.")
        else:
            held = f", {run.held:,} held" if run.held else ""
            print(
                f"{run.file_name}: {run.new:,} new, {run.changed:,} changed, {run.same:,} the same, "
                f"{run.refused:,} refused{held}."
            )
            for one in run.untaken.order_by("id")[:5]:
                print(f"    {one.place}: {one.kind or 'it'}: {one.reason}. {one.words}".rstrip())
    stored = sum(run.new + run.changed for run in runs)
    everything = sum(run.new + run.changed + run.same + run.refused for run in runs)
    print(f"{len(runs)} files, {everything:,} things, {stored:,} stored in {seconds:.1f} s.")
    if waiting:
        return SOMEONE_DECIDES
    return SOME_REFUSED if any(_refused(run) or run.held for run in runs) else ALL_STORED
