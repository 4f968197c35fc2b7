"""How urgent a result is, how long it may wait, and what may be done about it.

Source: docs/rules/results.md, unless a line names another.
"""

from __future__ import annotations

from datetime import timedelta

from bedside.record.words import Words

#: Worst first: the order of the inbox.
URGENCIES = [("critical", "critical"), ("abnormal", "outside the range"), ("other", "within the range")]

#: How long a result may wait for someone's eyes before it goes to the next.
#: Source: Joint Commission goal NPSG.02.03.01 wants critical results told in time and leaves the time to the house; the
#: hours are our own choice. Critical: an hour, since it may be dangerous today. Abnormal: one day, as a day board has
#: one. Other: three days, so that a weekend does not hand on every normal count.
LIMITS = {"critical": timedelta(hours=1), "abnormal": timedelta(hours=24), "other": timedelta(hours=72)}

#: A report issued longer ago than this when it first came is history that was brought along, not news: it stands in the
#: chart and asks nobody. What a laboratory's own line brings is always news. Source: our own choice.
HISTORY_AFTER = timedelta(days=30)

STATES = [
    ("open", "waits"),
    ("acknowledged", "was seen"),
    ("history", "was brought along"),
    ("own", "was written here"),
]

#: What is to be done, as whoever saw it said; the patient reads it.
NEXT_STEPS: dict[str, Words] = {
    "": Words("Nothing more", "Nada más"),
    "call": Words("We will call you", "Le llamaremos"),
    "visit": Words("Please book a visit", "Por favor reserve una consulta"),
    "repeat": Words("We will repeat the test", "Repetiremos la prueba"),
    "change": Words("We will change your treatment", "Cambiaremos su tratamiento"),
}

#: Why a result went from one to another.
MOVES = [
    ("late", "it waited too long"),
    ("left", "who had it no longer can see it"),
    ("taken", "someone took it"),
    ("given", "the administrator gave it"),
]

#: Why a result was found to be seen by nobody.
ORPHANS = [
    ("never_filed", "it had reached nobody’s list"),
    ("no_patient", "it names no patient"),
    ("nobody", "nobody was left who could see it"),
]

#: The relations through which someone can be asked to look, the nearest first.
NEAREST = ("treating", "covering", "booked")
#: Once someone was late, a colleague who stands in comes first.
STANDING_IN = ("covering", "treating", "booked")

#: How long someone stands in who took a result from the clinic's pool. Source: our own choice: time to call and to act.
STANDS_IN_FOR = timedelta(days=7)

#: Letters of a note to the patient.
NOTE_MOST = 2000

#: Reports filed in one run of the job, and rows on a screen. Source: ours, so that a run ends and a page is a page.
BATCH, ROWS_MOST = 200, 200
