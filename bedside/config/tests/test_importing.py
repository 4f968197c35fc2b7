"""`bedside import`: what it says and what it ends with."""

from __future__ import annotations

import json

import pytest

from bedside.config import cli
from bedside.config.environment import BadSetting, listener
from bedside.config.trouble import Trouble
from bedside.consent.models import CareRelationship
from bedside.intake.models import ImportRun
from bedside.intake.tests.test_imports import FILE, NAMELESS, bundle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.setattr(cli, "_with_house", lambda words, do: do())


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "nia.json").write_text(json.dumps(FILE))
    (tmp_path / "table.csv").write_text("name,born\nAda,1985\nBen,1957\n")
    ada = {**NAMELESS, "name": [{"family": "Reyes", "given": ["Ada"]}], "birthDate": "1985-03-09"}
    (tmp_path / "ada.json").write_text(json.dumps(bundle(ada)))
    return tmp_path


def run(*words):
    with pytest.raises(SystemExit) as ended:
        cli.main(["import", *map(str, words)])
    return ended.value.code


def test_files_are_stored_and_said(folder, cast, capsys):
    assert run(folder / "nia.json", "--source", "hillside", "--treating", "chen@example.org") == 0
    said = capsys.readouterr().out
    assert "nia.json: 3 new, 0 changed, 0 the same, 0 refused." in said
    assert "1 files, 3 things, 3 stored in" in said
    assert CareRelationship.objects.filter(person=cast.chen, patient__family_name="Okafor").exists()
    assert run(folder / "nia.json", "--source", "hillside") == 0
    assert "nia.json: 0 new, 0 changed, 3 the same, 0 refused." in capsys.readouterr().out


def test_what_is_refused_and_who_is_in_doubt_is_in_the_code_it_ends_with(folder, cast, capsys):
    assert run(folder / "nia.json", folder / "table.csv") == 2
    said = capsys.readouterr().out
    assert "nia.json: 3 new" in said
    assert "table.csv: cannot be imported: it is a table (CSV)" in said
    assert run(folder / "ada.json") == 3
    assert "ada.json: waits. Someone must say who its patient is" in capsys.readouterr().out


def test_a_dry_run_stores_nothing(folder, cast, capsys):
    assert run(folder / "nia.json", "--dry-run") == 0
    said = capsys.readouterr().out
    assert "nia.json: 1 Patient, 1 AllergyIntolerance, 1 Observation." in said
    assert "3 new, 0 changed, 0 same, 0 refused." in said
    assert ImportRun.objects.get().state == "dropped"


def test_what_cannot_be_begun_is_said_in_one_sentence(folder, cast):
    with pytest.raises(Trouble, match="There is no file"):
        cli.main(["import", str(folder / "nobody.json")])
    with pytest.raises(Trouble, match="Nobody signs in as"):
        cli.main(["import", str(folder / "nia.json"), "--treating", "nobody@example.org"])
    with pytest.raises(Trouble, match="Pick someone who treats"):
        cli.main(["import", str(folder / "nia.json"), "--treating", "ada@example.org"])


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", None),
        ("2575", ("127.0.0.1", 2575)),
        (":2575", ("127.0.0.1", 2575)),
        ("10.0.0.7:2575", ("10.0.0.7", 2575)),
        ("[::1]:2575", ("::1", 2575)),
    ],
)
def test_where_to_listen_is_a_host_and_a_port_or_a_port_of_this_machine(monkeypatch, said, meant):
    monkeypatch.setenv("BEDSIDE_MLLP", said)
    assert listener("BEDSIDE_MLLP") == meant


@pytest.mark.parametrize("said", ["laboratory", "10.0.0.7:", "10.0.0.7:99999", "a:b"])
def test_a_place_nobody_can_listen_at_stops_the_start_in_one_sentence(monkeypatch, said):
    monkeypatch.setenv("BEDSIDE_MLLP", said)
    with pytest.raises(BadSetting, match=r"like 127\.0\.0\.1:2575"):
        listener("BEDSIDE_MLLP")
