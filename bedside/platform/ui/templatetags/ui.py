"""The tags every screen is written with: `{% load ui %}`.

Icons, faces and the care clock, fields and their errors, and times and money as people say them.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, Form
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from bedside.kernel.money import Money
from bedside.kernel.time import utc_now
from bedside.platform.ui import nav as house_nav
from bedside.platform.ui import words
from bedside.platform.ui.forms import is_choice_list, wire

register = template.Library()


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


# --- Signs and faces -------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, size: str = "", extra: str = "") -> SafeString:
    """Draw an icon from the sprite: `{% icon "video" %}`, `{% icon "video" "s" %}`. Always beside a word."""
    return _drawn(name, size, extra)


@lru_cache(maxsize=1024)
def _drawn(name: str, size: str, extra: str) -> SafeString:
    """Why cached: a page of free times draws some two hundred, and each would ask where the sprite is."""
    classes = " ".join(part for part in ("icon", f"icon-{size}" if size else "", extra) if part)
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static("ui/icons.svg"), name
    )


@register.simple_tag
def portrait(person: Any, size: str = "") -> SafeString:
    """Draw a person's face, or their initials: `{% portrait person "l" %}`. Their name stands beside it."""
    seed = getattr(person, "portrait_seed", None)
    grow = f" who-{size}" if size else ""
    if seed is not None:
        return format_html(
            '<span class="who{}"><img src="{}" alt="" width="80" height="80" loading="lazy"></span>',
            grow,
            reverse("ui:face", args=[seed]),
        )
    name = getattr(person, "full_name", "") or str(getattr(person, "name", "") or "")
    initials = getattr(person, "initials", "") or "".join(part[0] for part in name.split()[:2]).upper()
    tone = sum(map(ord, name)) % 4 + 1
    return format_html('<span class="who who-{}{}" aria-hidden="true">{}</span>', tone, grow, initials or "·")


@register.inclusion_tag("ui/care_clock.html")
def care_clock(person: Any, percent: float, state: str = "", size: str = "", extra: str = "") -> dict[str, Any]:
    """Draw a face inside a ring that is `percent` full. `state` is "", "look" or "late"; words stand beside it."""
    full = max(0, min(100, round(percent)))
    return {"person": person, "percent": full, "state": state, "size": size, "extra": extra}


# --- Forms -----------------------------------------------------------------------------------------------------
@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, extra: str = "") -> dict[str, Any]:
    """Render one field: label, hint, error, box, wired for a screen reader. `extra` adds classes."""
    return {"field": bound, "extra": extra, "is_choices": is_choice_list(bound), **wire(bound)}


@register.inclusion_tag("ui/form_errors.html")
def form_errors(form: Form, takes_focus: bool = True) -> dict[str, Any]:
    """Say at the top of a form what needs another look, with a link to each field. It takes the focus."""
    return {"form": form, "takes_focus": takes_focus}


# --- Times and money -------------------------------------------------------------------------------------------
@register.filter
def clock_time(at: datetime | None) -> str:
    """Say the time of day in the active zone: 2:20 pm."""
    return words.clock_time(at, timezone.get_current_timezone(), _language()) if at else ""


@register.filter
def day(at: datetime | date | None) -> str:
    """Say the day: Tuesday, November 24; with the year when it is another one."""
    if at is None:
        return ""
    today = timezone.localtime(utc_now()).date()
    return words.day(_local_day(at), _language(), today)


@register.filter
def short_day(at: datetime | date | None) -> str:
    """Say the day in little room: Nov 24."""
    return words.short_day(_local_day(at), _language()) if at else ""


@register.filter
def long_date(at: datetime | date | None) -> str:
    """Say a day with its year: March 9, 1985."""
    return words.long_date(_local_day(at), _language()) if at else ""


@register.filter
def moment(at: datetime | None, now: datetime | None = None) -> str:
    """Say day and time: Today, 2:20 pm."""
    if not at:
        return ""
    return words.moment(at, timezone.get_current_timezone(), _language(), now or utc_now())


@register.filter
def ago(at: datetime | None, now: datetime | None = None) -> str:
    """Say how long ago: 5 minutes ago."""
    return words.ago(at, now or utc_now(), _language()) if at else ""


@register.filter
def money(amount: Money | None) -> str:
    """Say an amount: $45.00."""
    return words.money(amount, _language()) if amount is not None else ""


@register.simple_tag
def money_of(minor: int, currency: str) -> str:
    """Say an amount kept as minor units and a currency: `{% money_of fee_minor currency %}`."""
    return words.money(Money(minor, currency), _language())


@register.simple_tag
def zone_name(zone: str | None = None, at: datetime | None = None) -> str:
    """Say a time zone as people do: Central Time. Without an argument, the active one."""
    from bedside.kernel.time import zone as zone_of

    return words.zone_name(zone_of(zone) if zone else timezone.get_current_timezone(), _language(), at)


def _local_day(at: datetime | date) -> date:
    return timezone.localtime(at).date() if isinstance(at, datetime) else at


# --- Shells ----------------------------------------------------------------------------------------------------
@register.tag
def nav(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """Draw a shell's links: `{% nav "patient" %}{% block section %}{% endblock %}{% endnav %}`."""
    shell = token.split_contents()[1].strip("\"'")
    nodes = parser.parse(("endnav",))
    parser.delete_first_token()
    return NavNode(shell, nodes)


class NavNode(template.Node):
    """The links of a shell, with the one whose section stands between the tags marked as current."""

    def __init__(self, shell: str, section: template.NodeList) -> None:
        self.shell = shell
        self.section = section
        self.child_nodelists = ("section",)

    def render(self, context: Context) -> str:
        """Render the list."""
        current = self.section.render(context).strip()
        actor = context["actor"]
        links = house_nav.links(self.shell, actor)  # type: ignore[arg-type]
        page = context.template.engine.get_template("ui/nav.html")  # type: ignore[union-attr]
        with context.push(links=links, current=current):
            return page.render(context)


@register.simple_tag(takes_context=True)
def shell_links(context: Context, shell: str) -> list[house_nav.Link]:
    """Return the links of a shell for this person."""
    return house_nav.links(shell, context["actor"])  # type: ignore[arg-type]
