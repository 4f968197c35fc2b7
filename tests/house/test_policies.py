"""Nothing happens here without a policy: every route, socket verb, job and command line names its verb."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path

from bedside.config import cli
from bedside.platform.access import Actor, Audience, actions, decide
from bedside.platform.access.actor import STAFF_ROLES
from bedside.platform.access.middleware import action_of
from bedside.platform.access.routes import route
from bedside.platform.jobs.registry import jobs

from .floors import HOUSE, room_of
from .source import calls, modules, name_of, short, tree_of

ASKS = {"authorise", "decide", "route", "gate"}


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every route with its full name."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from routes(pattern.url_patterns, inner)
        else:
            yield f"{prefix}{pattern.name or pattern.pattern}", pattern


def unguarded(patterns: list[URLPattern | URLResolver]) -> list[str]:
    """Return the routes that stand behind no registered verb."""
    known = actions()
    return [name for name, one in routes(patterns) if action_of(one.callback, name) not in known]


def _bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def test_the_walk_sees_a_route_without_a_policy() -> None:
    known = next(iter(actions()))
    assert unguarded([path("a", _bare, name="a")]) == ["a"]
    assert unguarded([path("a", route("no.such_verb")(_bare), name="a")]) == ["a"]
    assert unguarded([path("a", route(known)(_bare), name="a")]) == []


def test_every_route_names_its_policy() -> None:
    assert unguarded(get_resolver().url_patterns) == []


@pytest.mark.django_db
def test_a_view_without_a_policy_is_refused_at_the_door(client, settings, monkeypatch) -> None:
    urls = type("urls", (), {"urlpatterns": [path("bare/", _bare, name="bare"), *get_resolver().url_patterns]})
    settings.ROOT_URLCONF = urls
    assert client.get("/bare/").status_code == 404


def registrations(tree: ast.Module) -> list[str]:
    """Return the verbs a module registers."""
    return [
        call.args[0].value
        for name, call in calls(tree)
        if name == "register"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and "." in str(call.args[0].value)
    ]


def foreign(room: str, verbs: list[str]) -> list[str]:
    """Return the verbs that do not carry their room's name."""
    return [verb for verb in verbs if verb.partition(".")[0] != room.rpartition(".")[2]]


def test_a_verb_of_another_room_is_seen() -> None:
    tree = ast.parse('register("visits.end_visit", audience=Audience.STAFF)')
    assert foreign("orders", registrations(tree)) == ["visits.end_visit"]
    assert foreign("visits", registrations(tree)) == []
    assert foreign("platform.live", ["live.listen"]) == []


@pytest.mark.parametrize("module", [m for m in modules() if registrations(tree_of(m))], ids=short)
def test_a_room_registers_its_own_verbs_in_its_policy(module: Path) -> None:
    assert foreign(room_of(module), registrations(tree_of(module))) == []
    assert "policy" in (module.stem, module.parent.name)


def words(tree: ast.Module) -> list[str]:
    """Return every text constant of a module, but for the verbs it registers."""
    registered = {id(call.args[0]) for name, call in calls(tree) if name == "register" and call.args}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in registered
    ]


def test_a_registration_does_not_count_as_use() -> None:
    assert "a.b" not in words(ast.parse('register("a.b", audience=1)'))
    assert "a.b" in words(ast.parse('register("a.b", audience=1)\nauthorise(actor, "a.b")'))


def test_every_registered_verb_is_used() -> None:
    said = {word for module in modules() for word in words(tree_of(module))}
    made_up = {name for name in actions() if name.split(".")[1].startswith("test_")}  # by tests of this same run
    assert sorted(set(actions()) - said - made_up) == []


def asked(tree: ast.Module) -> list[str]:
    """Return the verbs a module asks about by name."""
    found = []
    for name, call in calls(tree):
        if name in ASKS:
            found += [a.value for a in call.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return found


def test_asking_about_a_verb_is_seen() -> None:
    asking = ast.parse('authorise(actor, "a.b", thing)\n\n@route("c.d")\ndef f(): ...')
    assert set(asked(asking)) == {"a.b", "c.d"}


@pytest.mark.parametrize("module", [m for m in modules() if asked(tree_of(m))], ids=short)
def test_every_verb_that_is_asked_about_is_registered(module: Path) -> None:
    assert [verb for verb in asked(tree_of(module)) if verb not in actions()] == []


def socket_tables(tree: ast.Module) -> list[dict[str, str]]:
    """Return the tables of socket verbs a module holds."""
    found = []
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Dict):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if name_of(target) == "SOCKET_VERBS":
                found.append(ast.literal_eval(node.value))
    return found


def test_a_table_of_socket_verbs_is_seen() -> None:
    assert socket_tables(ast.parse('SOCKET_VERBS: dict[str, str] = {"end": "a.b"}')) == [{"end": "a.b"}]
    assert socket_tables(ast.parse('OTHER = {"end": "a.b"}')) == []


def test_every_socket_verb_names_its_policy() -> None:
    tables = [table for module in modules() for table in socket_tables(tree_of(module))]
    assert len(tables) >= 2, "the news and the visit each have one"
    assert [verb for table in tables for verb, action in table.items() if action not in actions()] == []


def test_every_job_stands_behind_a_verb_of_the_house() -> None:
    assert jobs()
    for one in jobs().values():
        assert actions()[one.policy].audience is Audience.HOUSE, one.name


def test_every_command_line_names_its_policy_or_says_that_it_touches_no_data() -> None:
    assert set(cli._COMMANDS) == set(cli.POLICIES)
    for name, action in cli.POLICIES.items():
        if action is not None:
            assert actions()[action].audience is Audience.HOUSE, name


@pytest.mark.parametrize("name", sorted(actions()))
def test_a_verb_says_no_to_those_outside_its_audience(name: str) -> None:
    action, stranger = actions()[name], Actor(person_id=None)
    if action.audience is not Audience.ANYONE:
        assert not decide(stranger, name).allowed
    if action.audience is Audience.STAFF:
        assert not decide(Actor(person_id=HOUSE), name).allowed  # type: ignore[arg-type]
    if action.audience is Audience.HOUSE:
        everyone = Actor(person_id=HOUSE, roles=frozenset({"physician", "operator"}), has_second_factor=True)  # type: ignore[arg-type]
        assert not decide(everyone, name).allowed


BEHIND_A_DOOR = sorted(n for n, a in actions().items() if a.audience in {Audience.SIGNED_IN, Audience.STAFF})


@pytest.mark.parametrize("name", BEHIND_A_DOOR)
def test_staff_without_a_second_step_may_only_set_one_up(name: str) -> None:
    actor = Actor(person_id=HOUSE, roles=STAFF_ROLES)  # type: ignore[arg-type]
    assert decide(actor, name).allowed is actions()[name].before_second_factor
    if actions()[name].before_second_factor:
        assert name.startswith("accounts.")
