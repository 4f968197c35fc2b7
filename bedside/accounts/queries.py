"""Who people are, for other rooms and for the door."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest

from bedside.kernel.time import utc_now
from bedside.platform.access import ANONYMOUS, Actor

from .models import Person, RoleGrant


def get_actor(request: HttpRequest) -> Actor:
    """Return the actor behind a request: the signed-in person with the roles held now, or nobody."""
    user = request.user
    if not user.is_authenticated:
        return ANONYMOUS
    return actor_for(user.person)


def actor_for(person: Person) -> Actor:
    """Return the person as an actor, with the roles they hold now."""
    now = utc_now()
    grants = RoleGrant.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now), person=person, starts_at__lte=now
    )
    return Actor(
        person_id=person.id,
        name=person.full_name,
        roles=frozenset(grants.values_list("role", flat=True)),
        language=person.language,
        time_zone=person.time_zone,
    )
