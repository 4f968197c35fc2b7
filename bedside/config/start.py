"""From nothing to a page: every step of `bedside run`, in order, each told as it is done."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from argparse import Namespace
from pathlib import Path

from . import bootstrap, certificates, serve
from .embedded_postgres import EmbeddedPostgres
from .trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
#: The small clinic of a first start. Source: issue 2, "demo clinic".
SMALL_CLINIC = {"doctors": 40, "patients": 200, "visits": 1500, "seed": 1}
_BEGAN = float(os.environ.pop("BEDSIDE_SINCE", time.monotonic()))


def say(words: str) -> None:
    """Tell what is being done, with the seconds since the start."""
    print(f"[{time.monotonic() - _BEGAN:5.1f} s] {words}", flush=True)


def data_folder(given: str | None) -> Path:
    """Return the data folder asked for, made and checked, and tell the settings of it."""
    folder = Path(given or os.environ.get("BEDSIDE_DATA") or ROOT / ".bedside").expanduser().resolve()
    os.environ["BEDSIDE_DATA"] = str(folder)
    return bootstrap.make_data_folder(folder)


def run(words: Namespace) -> None:
    """Start everything, serve until told to stop, and stop everything."""
    serve.end_on_signals()
    folder = data_folder(words.data)
    if not os.environ.get("DATABASE_URL") and bootstrap.is_held(folder):
        with bootstrap.only_one(folder):
            pass
    host = "0.0.0.0" if words.lan else words.host  # noqa: S104  the point of --lan
    sockets = serve.open_sockets(host, words.port)
    bootstrap.read_secrets(folder)
    tls = _open_to_network(folder, words.port) if words.lan else None
    port = sockets[0].getsockname()[1]
    os.environ.setdefault("BEDSIDE_PUBLIC_URL", f"http://{words.host}:{port}")
    try:
        say("Starting the database …")
        with bootstrap.database(folder, say=say, may_share=False) as postgres:
            _choose_demo()
            _prepare()
            _serve(sockets, folder, tls, postgres)
            say("Stopping …")
        elsewhere = postgres and not postgres.folder.is_relative_to(folder)
        say(f"Stopped. Everything is kept in {folder}" + (f" and {postgres.folder}." if elsewhere else "."))
    except KeyboardInterrupt:
        say("Stopped before it was ready.")


def _open_to_network(folder: Path, port: int) -> tuple[Path, Path]:
    addresses = certificates.lan_addresses()
    if not addresses:
        raise Trouble("This machine is on no network: connect it, or start without --lan.")
    tls = certificates.make_certificate(folder / "tls")
    first = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    os.environ.setdefault("BEDSIDE_PUBLIC_URL", f"https://{first}:{port}")
    own = [f"[{one}]" if ":" in one else one for one in addresses]
    names = [*certificates.host_names(), "127.0.0.1", "[::1]", *own]
    os.environ["BEDSIDE_HOSTS"] = ",".join([os.environ.get("BEDSIDE_HOSTS", ""), *names])
    return tls


def _choose_demo() -> None:
    """Settle whether this is a demo clinic: what the database holds decides, and a setting against it stops.

    A new database becomes a demo clinic unless BEDSIDE_DEMO is off.
    """
    holds, asked = bootstrap.holds_demo(), os.environ.get("BEDSIDE_DEMO")
    if not asked:
        os.environ["BEDSIDE_DEMO"] = "off" if holds is False else "on"
        return
    from .environment import switch

    if holds is not None and holds is not switch("BEDSIDE_DEMO", False):
        kind, other = ("a demo clinic", "off") if holds else ("a real clinic", "on")
        raise Trouble(
            f"The database holds {kind} but BEDSIDE_DEMO is {other}: take that setting away, or use another database."
        )


def _prepare() -> None:
    os.environ["BEDSIDE_STATIC_COLLECTED"] = "on"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bedside.config.settings")
    import django

    django.setup()
    from .database import migrate, missing_migrations

    if missing_migrations():
        say("Making the tables …")
    migrate()
    prepare_words()
    prepare_static()
    prepare_demo()


def prepare_words() -> None:
    """Compile the translations whose source is newer."""
    from .messages import compile_stale

    if compile_stale():
        say("The translations are ready.")


def prepare_static() -> None:
    """Gather style sheets, scripts and pictures under names that change with their content, when any changed."""
    from django.conf import settings
    from django.core.management import call_command

    mark, wanted = Path(settings.STATIC_ROOT) / ".gathered", static_stamp()
    if mark.exists() and mark.read_text() == wanted:
        return
    say("Gathering style sheets and scripts …")
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    Path(settings.STATIC_ROOT).mkdir(parents=True)
    # Its copy of htmx imports what it does not bring; ours is vendored in platform/ui.
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["django_htmx"])
    mark.write_text(wanted)


def static_stamp() -> str:
    """Return a short hash of every static file's name, size and time, and of the packages that bring theirs."""
    digest = hashlib.sha256((ROOT / "requirements/bedside.txt").read_bytes())
    for path in sorted((ROOT / "bedside").glob("**/static/**/*")):
        found = path.stat()
        digest.update(f"{path.relative_to(ROOT)} {found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def prepare_demo() -> None:
    """Make the small demo clinic when nobody is in the database yet; else bring its day up to date."""
    from django.conf import settings

    if not settings.IS_DEMO:
        return
    from bedside.kernel.time import utc_now
    from bedside.rehearsal.today import enliven

    if bootstrap.holds_demo():
        enliven(now=utc_now())
        return
    say("Making a small demo clinic: 40 doctors, 200 patients …")
    rehearse(**SMALL_CLINIC)


def rehearse(*, doctors: int, patients: int, visits: int, seed: int) -> None:
    """Make a demo clinic of that size, showing how far it is."""
    from bedside.kernel.time import utc_now
    from bedside.rehearsal.generate import rehearse as make

    make(doctors=doctors, patients=patients, visits=visits, seed=seed, now=utc_now(), progress=_show)


def _show(step: str, done: int, of: int) -> None:
    if not sys.stdout.isatty():
        if done >= of:
            say(f"  {step}: {done:,}")
        return
    full = int(30 * done / of) if of else 30
    print(f"\r  {step:<14} {'█' * full}{'·' * (30 - full)} {done:,} of {of:,}", end="", flush=True)
    if done >= of:
        print(flush=True)


def _serve(sockets: list, folder: Path, tls: tuple[Path, Path] | None, postgres: EmbeddedPostgres | None) -> None:  # type: ignore[type-arg]
    from django.conf import settings

    def ready() -> None:
        if postgres:
            bootstrap.write_running(folder, address=settings.PUBLIC_URL)
        _greet(is_on_network=tls is not None, folder=folder)

    serve.serve(
        sockets,
        on_ready=ready,
        tls=tls,
        trusted_proxies=",".join(settings.PROXY_ADDRESSES),
        postgres=postgres,
        helpers=settings.PROCESSES - 1 if os.name == "posix" else 0,
    )


def _greet(*, is_on_network: bool, folder: Path) -> None:
    from django.conf import settings
    from django.urls import reverse

    say("Ready.")
    print(f"\n  Bedside is open at  {settings.PUBLIC_URL}")
    if settings.IS_DEMO:
        print(f"  Step in as anyone:  {settings.PUBLIC_URL}{reverse('accounts:step_in')}")
        print("  Start with Ada Reyes, a patient, and, in another browser, Dr Lin Chen, her doctor.")
    if is_on_network:
        print(f"  A phone on this network will warn once; trusting {folder / 'tls/authority.crt'} ends that.")
    print("  Ctrl-C stops it.\n", flush=True)
