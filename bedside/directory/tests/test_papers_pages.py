"""The administrator's pages: who can be booked, and writing down a check that lets someone be booked."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bedside.directory.models import License


@pytest.fixture
def browse(cast, client):
    def as_person(name):
        client.force_login(cast.people[name].user)
        return client

    return as_person


def test_a_check_lets_a_doctor_be_booked(browse, cast):
    License.objects.filter(practitioner_id=cast.chen.id).update(verified_at=None, verified_against="")
    page = browse("femi")
    assert "license not checked" in page.get("/licenses/").content.decode()
    paper = License.objects.get(practitioner_id=cast.chen.id)
    sent = page.post(f"/licenses/license/{paper.id}/verify/", {"against": "Texas Medical Board"}, follow=True)
    assert "against: Texas Medical Board" in sent.content.decode()
    assert "license not checked" not in page.get("/licenses/").content.decode()


def test_a_licence_is_added_once(browse, cast):
    page = browse("femi")
    new = {"region": "NM", "number": "NM-9", "expires_on": "2029-01-01"}
    assert page.post(f"/licenses/{cast.chen.id}/add/", new).status_code == 302
    again = page.post(f"/licenses/{cast.chen.id}/add/", new)
    assert again.status_code == 409
    assert "already registered" in again.content.decode()
    assert page.post(f"/licenses/{cast.chen.id}/add/", {"region": "ZZ"}).status_code == 422


def test_a_check_without_a_source_is_refused(browse, cast):
    paper = License.objects.get(practitioner_id=cast.chen.id)
    assert browse("femi").post(f"/licenses/license/{paper.id}/verify/", {"against": ""}).status_code == 422


@pytest.mark.parametrize("who", ["chen", "ada", "gita"])
def test_nobody_else_sees_the_papers(browse, cast, who):
    page = browse(who)
    assert page.get("/licenses/").status_code == 404
    assert page.get(f"/licenses/{cast.chen.id}/").status_code == 404


def test_the_list_costs_the_same_however_many(browse, cast):
    page = browse("femi")
    page.get("/licenses/")
    with CaptureQueriesContext(connection) as spent:
        page.get("/licenses/")
    assert len(spent) <= 12
