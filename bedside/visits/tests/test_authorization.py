"""Who may do what in a live visit, as one table; and that every verb of the socket has its place in it."""

from __future__ import annotations

import pytest

from bedside.kernel.ids import new_id
from bedside.platform.access import Actor, actions, decide
from bedside.platform.live import news
from bedside.visits.live import SOCKET_VERBS
from bedside.visits.live.frames import KNOWN_VERBS
from bedside.visits.live.verbs import _VERBS
from bedside.visits.policy import VisitFacts

ALL = {"patient", "clinician", "nurse", "telepresenter", "family"}
#: The verb, who may do it once admitted, who may do it from the waiting room.
TABLE = {
    "visits.join_room": (ALL, ALL),
    "visits.send_chat_message": (ALL, ALL),
    "visits.mark_read": (ALL, ALL),
    "visits.see_chat": (ALL, ALL),
    "visits.leave_room": (ALL, ALL),
    "visits.send_signal": (ALL, {"clinician"}),
    "visits.tell_media": (ALL, {"clinician"}),
    "visits.tell_quality": (ALL, {"clinician"}),
    "visits.raise_hand": (ALL, {"clinician"}),
    "visits.change_mode": (ALL - {"family"}, {"clinician"}),
    "visits.admit_participant": ({"clinician", "nurse"}, {"clinician", "nurse"}),
    "visits.deny_participant": ({"clinician"}, {"clinician"}),
    "visits.remove_participant": ({"clinician"}, {"clinician"}),
    "visits.hold_visit": ({"clinician"}, {"clinician"}),
    "visits.end_visit": ({"clinician"}, {"clinician"}),
}
ROLES = {"clinician": "physician", "nurse": "nurse", "telepresenter": "telepresenter"}


def ask(verb, role, *, admitted, place="connected", works=True):
    person = new_id()
    held = frozenset({ROLES[role]}) if works and role in ROLES else frozenset()
    actor = Actor(person_id=person, roles=held, has_second_factor=True)
    facts = VisitFacts(new_id(), new_id(), new_id(), "in_call", role, place, admitted, True)
    return decide(actor, verb, facts)


@pytest.mark.parametrize("verb", TABLE)
@pytest.mark.parametrize("role", sorted(ALL))
@pytest.mark.parametrize("admitted", [True, False])
def test_the_table(verb, role, admitted):
    inside, outside = TABLE[verb]
    assert ask(verb, role, admitted=admitted).allowed == (role in (inside if admitted else outside))


@pytest.mark.parametrize("verb", TABLE)
def test_a_stranger_someone_put_out_and_someone_who_left_the_staff_see_nothing(verb):
    for role, place, works in (
        ("", "", True),
        ("family", "removed", True),
        ("family", "denied", True),
        ("clinician", "connected", False),
        ("nurse", "connected", False),
    ):
        decision = ask(verb, role, admitted=True, place=place, works=works)
        assert not decision.allowed
        assert decision.hidden


def test_every_verb_of_the_sockets_has_a_policy_a_handler_and_a_row_here():
    assert set(SOCKET_VERBS) == set(KNOWN_VERBS)
    assert set(_VERBS) == set(SOCKET_VERBS) - {"hello", "ping", "ack"}
    assert set(SOCKET_VERBS.values()) <= set(actions())
    assert set(SOCKET_VERBS.values()) == set(TABLE)
    assert set(news.SOCKET_VERBS.values()) <= set(actions())


def test_staff_without_a_second_factor_join_nothing():
    actor = Actor(person_id=new_id(), roles=frozenset({"physician"}), has_second_factor=False)
    facts = VisitFacts(new_id(), new_id(), new_id(), "in_call", "clinician", "connected", True, True)
    assert not decide(actor, "visits.join_room", facts).allowed
