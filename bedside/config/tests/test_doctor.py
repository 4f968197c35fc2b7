"""bedside doctor: what is good is called good, what is wrong is named with how to mend it."""

import psycopg
import pytest

from bedside.config import doctor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    """A folder of its own: what lies in the one of whoever runs the tests is nobody's business here."""
    tmp_path.chmod(0o700)
    settings.DATA_DIR = tmp_path


def find(words):
    found = [one for one in doctor.examine() if words in one.what]
    assert found, f"nothing was looked at called {words}"
    return found[0]


def test_the_role_of_the_app_passes():
    for words in ("no superuser", "owns no table", "no roles or databases", "audit_event can only be added"):
        assert find(words).is_good, words


def test_tables_and_switch_agree():
    assert find("tables are up to date").is_good
    assert find("the demo switch agrees").is_good


def test_a_demo_clinic_without_the_switch_is_grave(settings, now):
    from bedside.accounts.models import DemoClinic

    DemoClinic.objects.create(opened_at=now)
    settings.IS_DEMO = False
    told = find("the demo switch agrees")
    assert not told.is_good
    assert told.is_grave
    assert "set BEDSIDE_DEMO=on" in told.mend


def test_a_database_that_may_lose_what_was_confirmed_is_grave(monkeypatch):
    real = doctor._setting
    monkeypatch.setattr(doctor, "_setting", lambda name: "off" if name == "fsync" else real(name))
    told = find("fsync is on")
    assert not told.is_good
    assert told.is_grave


def test_the_owner_as_app_is_grave(test_database, transactional_db):
    from bedside.config.database import connected_as

    with connected_as(test_database.owner):
        assert not find("owns no table").is_good
        assert not find("audit_event can only be added").is_good


def test_a_right_given_by_hand_is_found(test_database, transactional_db):
    with psycopg.connect(test_database.owner_address, autocommit=True) as owner:
        owner.execute(f"GRANT DELETE ON audit_event TO {test_database.app['USER']}")
        try:
            assert not find("audit_event can only be added").is_good
        finally:
            owner.execute(f"REVOKE DELETE ON audit_event FROM {test_database.app['USER']}")


def test_outside_the_demo_clinic_plain_http_and_no_mail_are_grave_and_no_relay_is_a_note(settings):
    settings.IS_DEMO, settings.IS_HTTPS, settings.SMTP_URL, settings.TURN_URLS = False, False, "", []
    assert find("over https").is_grave
    assert find("mail is sent").is_grave
    assert not find("relays for video").is_grave
    settings.IS_HTTPS, settings.SMTP_URL, settings.TURN_URLS = True, "smtp://mail", ["turn:relay:3478"]
    assert find("over https").is_good
    assert find("mail is sent").is_good
    assert find("relays for video").is_good


def test_every_finding_that_is_not_good_says_how_to_mend_it(settings, capsys):
    settings.SMTP_URL = ""
    findings = doctor.examine()
    assert all(one.mend.endswith(".") and "\n" not in one.mend for one in findings)
    doctor.tell(findings)
    told = capsys.readouterr().out.splitlines()
    assert len(told) == len(findings)


def test_grave_findings_and_only_they_decide_the_exit(capsys):
    good, note = doctor.Finding("a", True), doctor.Finding("b", False, "do.", is_grave=False)
    assert doctor.tell([good, note]) is False
    assert doctor.tell([good, doctor.Finding("c", False, "do.")]) is True
    capsys.readouterr()
    doctor.tell([good, note], quiet=True)
    assert capsys.readouterr().out == "note  b: do.\n"
