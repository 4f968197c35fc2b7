"""What prescriptions are made of: forms, frequencies, products, and the tables of what does not go together.

Source: our own choice, unless a line names another.
"""

from __future__ import annotations

#: The most refills, days and pieces of one prescription. Source: 21 CFR 1306.22 allows 5 refills in 6 months for
#: schedules III to V (not written here); state law commonly ends other prescriptions after a year.
MOST_REFILLS = 11
MOST_DAYS = 365
MOST_QUANTITY = 5000

#: The shortest reason that settles a stop.
SHORTEST_REASON = 10
LONGEST_REASON = 500
