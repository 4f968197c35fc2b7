"""What people fill in to import records and to settle results that wait."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from bedside.accounts.models import Person
from bedside.platform.ui.forms import refuse_null_characters

from .terms import SOURCE_MOST, UPLOAD_BYTES_MOST, UPLOADS_MOST


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/input.html"


class _FilesField(forms.FileField):
    """One or more files."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return every file that was chosen. Raises: ValidationError when there is none, or too much."""
        sent = [one for one in data or [] if one]
        if not sent:
            raise forms.ValidationError(_("Choose at least one file."))
        if len(sent) > UPLOADS_MOST or sum(one.size for one in sent) > UPLOAD_BYTES_MOST:
            raise forms.ValidationError(
                _("That is more than 24 MB at once. Choose fewer files, or ask your operator: the console takes more.")
            )
        return sent


class ImportForm(forms.Form):
    """Files, where they come from, and who will treat the patients."""

    files = _FilesField(
        label=_("Files"),
        help_text=_("FHIR bundles, C-CDA documents, or laboratory results (HL7 v2). Also packed as zip or gz."),
        widget=_ManyFiles(attrs={"multiple": True}),
    )
    source = forms.CharField(
        label=_("Where they come from"),
        help_text=_("The same words each time, so that nothing comes in twice: Hillside Hospital."),
        max_length=SOURCE_MOST,
        validators=[refuse_null_characters],
        error_messages={"required": _("Say in a few letters where the files come from.")},
    )
    treating = forms.TypedChoiceField(
        label=_("Who will treat the patients"),
        required=False,
        coerce=UUID,
        empty_value=None,
        error_messages={"invalid_choice": _("Choose someone from the list.")},
    )

    def __init__(self, *args: Any, people: Iterable[Person], **more: Any) -> None:
        """Take who may be chosen to treat the patients."""
        super().__init__(*args, **more)
        names = [(str(one.pk), one.full_name) for one in people]
        self.fields["treating"].choices = [("", _("Nobody yet")), *names]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """Return what the command wants."""
        return {
            "source": self.cleaned_data["source"],
            "files": [(one.name or "file", one.read()) for one in self.cleaned_data["files"]],
            "treating_id": self.cleaned_data["treating"],
        }


class DecideForm(forms.Form):
    """Who a patient of a file is."""

    choice = forms.ChoiceField(choices=[("same", "same"), ("new", "new"), ("out", "out")])


class MatchForm(forms.Form):
    """Whose a waiting result is."""

    person = forms.UUIDField()


class RejectForm(forms.Form):
    """Why a waiting result is nobody's here."""

    note = forms.CharField(
        label=_("Why it is nobody’s here"),
        help_text=_("A few words. The laboratory may ask."),
        max_length=400,
        validators=[refuse_null_characters],
        error_messages={"required": _("Say why. The laboratory may ask.")},
    )
