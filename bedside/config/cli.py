"""The `bedside` command: run, doctor, rehearse, role and the rest. docs/reference/commands.md is made from it."""

from __future__ import annotations

import argparse
import errno
import os
import shutil
import sys

import django.db
import psycopg

from .trouble import Trouble

#: A disk with less than this free is full: PostgreSQL wants a segment of its log, 16 MB, in one piece.
FULL_BYTES = 20_000_000


def parser() -> argparse.ArgumentParser:
    """Return what the command line may say."""
    top = argparse.ArgumentParser(prog="bedside", description="Bedside, a telehealth and telemedicine platform.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, words: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=words, description=words)
        one.add_argument("--data", metavar="FOLDER", help="where everything is kept (default: .bedside)")
        return one

    run = add("run", "Start everything and serve until Ctrl-C. bin/run does this after fetching what it needs.")
    run.add_argument("--port", type=_port, default=8000, help="the port to serve on (default: 8000)")
    run.add_argument("--host", default="localhost", help="the address to serve on (default: localhost)")
    run.add_argument("--lan", action="store_true", help="serve this network over https, with a certificate made here")

    doctor = add("doctor", "Check this installation and say what to mend.")
    doctor.add_argument("--quiet", action="store_true", help="say only what is wrong")

    rehearse = add("rehearse", "Fill an empty database with an invented clinic: the same seed, the same people.")
    for name, default in (("doctors", 40), ("patients", 200), ("visits", 1500), ("seed", 1)):
        rehearse.add_argument(f"--{name}", type=_count, default=default, metavar="N", help=f"default: {default}")

    role = add("role", "Give someone a role, or take it away: the first administrator of a clinic is made here.")
    role.add_argument("email", metavar="EMAIL", help="the e-mail they sign in with")
    role.add_argument("role", metavar="ROLE", help="physician, nurse, administrator, privacy_officer, operator …")
    role.add_argument("--end", action="store_true", help="take the role away, and sign them out everywhere")

    token = add("token", "Let another program in under its own name, list such keys, or revoke one.")
    token.add_argument("do", choices=("make", "list", "revoke"), metavar="DO", help="make, list or revoke")
    token.add_argument("name", nargs="?", metavar="NAME", help="make: the program's name; revoke: the id list shows")
    token.add_argument("--scopes", default="", metavar="SCOPES", help="such as 'system/*.rs system/Observation.cruds'")
    token.add_argument("--days", type=_count, default=365, metavar="N", help="how long it works (default: 365)")

    codes = add("terminology", "Load LOINC, SNOMED CT, RxNorm or ICD-10-CM, list what is loaded, or remove it.")
    codes.add_argument("do", choices=("list", "load", "remove"), metavar="DO", help="list, load or remove")
    codes.add_argument("name", nargs="?", metavar="NAME", help="icd-10-cm, loinc, snomed or rxnorm")
    codes.add_argument("file", nargs="?", metavar="FILE", help="the release's zip or folder; icd-10-cm needs none")
    codes.add_argument("--version", default="", metavar="VERSION", help="its version, where the release does not tell")

    bring = add("import", "Import records from elsewhere: FHIR bundles, ndjson, C-CDA documents, HL7 v2 results.")
    bring.add_argument("files", nargs="+", metavar="FILE", help="what to import; gz and zip are unpacked")
    bring.add_argument("--source", default="", metavar="NAME", help="who they come from (default: elsewhere)")
    bring.add_argument("--treating", default="", metavar="EMAIL", help="who will treat the patients, by their e-mail")
    bring.add_argument("--dry-run", action="store_true", help="only say what is in them; nothing is stored")

    add("migrate", "Bring the tables up to date, as their owner.")
    messages = add("messages", "Gather the words of every screen, and compile their translations.")
    messages.add_argument("--compile", action="store_true", help="only compile")
    messages.add_argument("--check", action="store_true", help="fail when a word is missing or out of step")
    messages.add_argument("rooms", nargs="*", metavar="ROOM", help="only these rooms")
    return top


def _count(word: str) -> int:
    number = int(word)
    if not 0 <= number <= 10_000_000:
        raise ValueError(word)
    return number


def _port(word: str) -> int:
    number = int(word)
    if not 0 <= number <= 65535:
        raise ValueError(word)
    return number


def main(arguments: list[str] | None = None) -> None:
    """Do what the command line says. Every trouble we know of ends in one sentence and exit code 1."""
    words = parser().parse_args(arguments)
    try:
        _COMMANDS[words.command](words)
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, psycopg.Error, django.db.Error) as error:
        if not _is_full(error):
            raise
        where = os.environ.get("BEDSIDE_DATA") or words.data or ".bedside"
        raise Trouble(f"The disk is full: free some space where {where} is, then start again.") from None


def _is_full(error: Exception) -> bool:
    """Say whether the disk is why: of ours, or of the database, which may have died of it without a word."""
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
        return True
    told = getattr(error.__cause__ or error, "sqlstate", None)
    folder = os.environ.get("BEDSIDE_DATA", "")
    return told == psycopg.errors.DiskFull.sqlstate or (
        not isinstance(error, OSError) and os.path.isdir(folder) and shutil.disk_usage(folder).free < FULL_BYTES
    )


def _run(words: argparse.Namespace) -> None:
    from .start import run

    run(words)


def _with_house(words: argparse.Namespace, do: object) -> None:
    """Have a database and Django for a short command, beside a running Bedside or alone."""
    from . import bootstrap
    from .start import data_folder

    with bootstrap.database(data_folder(words.data), say=lambda said: print(said, file=sys.stderr)):
        if os.environ.get("BEDSIDE_DEMO") is None:
            os.environ["BEDSIDE_DEMO"] = "on" if bootstrap.holds_demo() else "off"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bedside.config.settings")
        import django

        django.setup()
        do()  # type: ignore[operator]


def _doctor(words: argparse.Namespace) -> None:
    from .doctor import examine, tell

    failed: list[bool] = []
    _with_house(words, lambda: failed.append(tell(examine(), quiet=words.quiet)))
    sys.exit(1 if failed[0] else 0)


def _rehearse(words: argparse.Namespace) -> None:
    from .start import rehearse, say

    def do() -> None:
        from bedside.kernel.errors import Refusal

        from .database import migrate

        migrate()
        try:
            rehearse(doctors=words.doctors, patients=words.patients, visits=words.visits, seed=words.seed)
        except Refusal as refusal:
            raise Trouble(str(refusal)) from None
        say("The demo clinic is ready.")

    _with_house(words, do)


def _role(words: argparse.Namespace) -> None:
    def do() -> None:
        from bedside.accounts.commands import end_role, grant_role
        from bedside.accounts.queries import find_person_by_email
        from bedside.kernel.errors import Refusal
        from bedside.kernel.time import utc_now
        from bedside.platform.access import system_actor

        person = find_person_by_email(words.email)
        if person is None:
            raise Trouble(f"Nobody signs in as {words.email}: have them make an account first, then run this again.")
        change = end_role if words.end else grant_role
        try:
            change(actor=system_actor("role"), now=utc_now(), person_id=person.id, role=words.role)
        except Refusal as refusal:
            raise Trouble(str(refusal)) from None
        print(f"{person.full_name} is {'no longer' if words.end else 'now'} here as: {words.role}.")

    _with_house(words, do)


def _token(words: argparse.Namespace) -> None:
    from .keys import list_tokens, make, revoke

    do = {"make": make, "list": list_tokens, "revoke": revoke}[words.do]
    _with_house(words, lambda: do(words))


def _terminology(words: argparse.Namespace) -> None:
    from .packs import list_packs, load, remove

    do = {"list": list_packs, "load": load, "remove": remove}[words.do]
    _with_house(words, lambda: do(words))


def _import(words: argparse.Namespace) -> None:
    from .importing import bring

    codes: list[int] = []
    _with_house(words, lambda: codes.append(bring(words)))
    sys.exit(codes[0])


def _migrate(words: argparse.Namespace) -> None:
    def do() -> None:
        from .database import migrate

        count = migrate()
        print(f"{count} migrations ran." if count else "The tables are up to date.")

    _with_house(words, do)


def _messages(words: argparse.Namespace) -> None:
    from django.conf import settings

    from .messages import main as gather

    settings.configure(USE_I18N=False)
    flags = [f"--{flag}" for flag in ("compile", "check") if getattr(words, flag)]
    sys.exit(gather([*flags, *words.rooms]))


#: The verb each command stands behind; None for one that touches no one's data. A test walks this table.
POLICIES = {
    "run": None,
    "doctor": None,
    "rehearse": "rehearsal.rehearse",
    "role": "accounts.set_up_role",
    "token": "accounts.make_program_token",
    "terminology": "fhir.load_terminology",
    "import": "intake.import_files",
    "migrate": None,
    "messages": None,
}
_COMMANDS = {
    "run": _run,
    "doctor": _doctor,
    "rehearse": _rehearse,
    "role": _role,
    "token": _token,
    "terminology": _terminology,
    "import": _import,
    "migrate": _migrate,
    "messages": _messages,
}
