"""How often and how much is sealed.

Source: docs/rules/audit.md, unless a line names another.
"""

from __future__ import annotations

from datetime import timedelta

#: Rows in one seal at most, and seals made in one run at most.
SEAL_ROWS = 5_000
SEALS_PER_RUN = 40

#: A row may commit this long after a younger one did. Past that it counts as left unsealed, and is reported.
LATE_COMMIT = timedelta(minutes=15)

#: A committed row should be sealed within this time. Source: docs/rules/audit.md.
SEAL_WITHIN = timedelta(seconds=60)

#: How long audit rows are kept, at least. Source: 45 CFR § 164.316(b)(2)(i): six years.
KEEP_YEARS = 6

#: How long one look at a page that refreshes itself lasts. Source: docs/rules/audit.md, "A page that stays open".
SAME_LOOK = timedelta(minutes=15)
