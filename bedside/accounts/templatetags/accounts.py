"""Tags of the account pages: `{% load accounts %}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def named(names: Mapping[str, Any], code: str) -> Any:
    """Return what a code is called: `{{ roles|named:code }}`."""
    return names.get(code, code)
