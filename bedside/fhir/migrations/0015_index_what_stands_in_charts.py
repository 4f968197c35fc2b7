"""Index once more what now stands in a patient's chart: what is theirs though R4 does not say so, and what points at it.

Device, Task, Contract and GuidanceResponse came into the patient's compartment after some had been stored; a Provenance
stands in the charts of its targets, so it comes last. Some hundred at a time, and few megabytes.
"""

from typing import Any

from django.db import migrations

from bedside.fhir.asking import answer
from bedside.fhir.store.reindexing import reindex

KINDS = ("Device", "Task", "Contract", "GuidanceResponse", "Provenance")


def index(apps: Any, schema_editor: Any) -> None:
    """Index every resource of these types."""
    for kind in KINDS:
        after: int | None = 0
        while after is not None:
            after = answer(reindex(after, keep_tokens=True, kind=kind))


class Migration(migrations.Migration):
    dependencies = [("fhir", "0014_tokens_wait_in_a_short_list")]

    operations = [migrations.RunPython(index, migrations.RunPython.noop)]
