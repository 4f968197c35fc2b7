"""What every form of the house shares: how a field is wired to its words, and limits on what is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: The longest text a person may send in one box, unless a field says otherwise. Source: our own choice.
LONGEST_TEXT = 5_000


def refuse_null_characters(value: str) -> None:
    """Refuse what no database column and no reader can hold.

    Raises: ValidationError.
    """
    if "\x00" in value:
        raise ValidationError(_("This has a character we cannot keep. Please type it again."))


def is_choice_list(bound: forms.BoundField) -> bool:
    """Say whether a field is a group of choices, which needs a fieldset and a legend."""
    return isinstance(bound.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))


def wire(bound: forms.BoundField) -> dict[str, Any]:
    """Return the field's control with its classes and the ids of its hint and errors."""
    widget = bound.field.widget
    identity = bound.auto_id or bound.html_name
    described = [f"{identity}-hint"] if bound.help_text else []
    described += [f"{identity}-error"] if bound.errors else []
    attrs: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    is_tick = isinstance(widget, forms.CheckboxInput)
    if not is_tick and not is_choice_list(bound):
        attrs["class"] = " ".join(filter(None, ("input", widget.attrs.get("class", ""))))
        if isinstance(widget, forms.Textarea) or getattr(widget, "input_type", "") in {"text", "search"}:
            attrs.setdefault("maxlength", getattr(bound.field, "max_length", None) or LONGEST_TEXT)
    return {
        "control": bound.as_widget(attrs=attrs),
        "identity": identity,
        "is_tick": is_tick,
        "is_hidden": bound.is_hidden,
        "described": " ".join(described),
    }
