"""Index once more what names a resource by one of our own addresses: it was taken for a resource of elsewhere."""

from typing import Any

from django.db import migrations

from bedside.fhir.asking import answer
from bedside.fhir.store.reindexing import reindex
from bedside.fhir.terms import BASE_PATH


def index(apps: Any, schema_editor: Any) -> None:
    """Index every resource that may name one of our addresses."""
    after: int | None = 0
    while after is not None:
        after = answer(reindex(after, keep_tokens=True, holding=f"{BASE_PATH}/"))


class Migration(migrations.Migration):
    dependencies = [("fhir", "0012_index_what_was_there")]

    operations = [migrations.RunPython(index, migrations.RunPython.noop)]
