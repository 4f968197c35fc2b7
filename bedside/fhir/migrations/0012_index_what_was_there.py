"""Work out what the resources that were there before are found by, some hundred at a time."""

from typing import Any

from django.db import migrations

from bedside.fhir.asking import answer
from bedside.fhir.store.reindexing import reindex


def index(apps: Any, schema_editor: Any) -> None:
    """Index every resource."""
    after: int | None = 0
    while after is not None:
        after = answer(reindex(after, keep_tokens=True))


class Migration(migrations.Migration):
    dependencies = [("fhir", "0011_found_in_every_chart")]

    operations = [migrations.RunPython(index, migrations.RunPython.noop)]
