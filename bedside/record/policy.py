"""The room's verbs. Everything is settled by the relations in `consent.rules`; docs/rules/notes.md is the table."""

from __future__ import annotations

from bedside.consent import rules
from bedside.platform.access import Audience, register

READ = "record.view_chart"
VISIT = "record.view_visit_record"
DIAGNOSE = "record.record_diagnosis"
RESOLVE = "record.resolve_problem"
ALLERGY = "record.record_allergy"
MEDICINE = "record.record_medicine_statement"
VITAL = "record.record_vital"
NOTE = "record.write_note"
HOME_CARE = "record.assign_home_care"
TASK = "record.complete_task"
CODES = "record.find_codes"
CHECK_BACK = "record.send_check_backs"

register(READ, audience=Audience.SIGNED_IN, rule=rules.may_read_chart)
register(VISIT, audience=Audience.SIGNED_IN, rule=rules.may_read_summary)
register(DIAGNOSE, audience=Audience.STAFF, rule=rules.may_diagnose)
register(RESOLVE, audience=Audience.STAFF, rule=rules.may_diagnose)
register(ALLERGY, audience=Audience.STAFF, rule=rules.may_write_chart)
register(MEDICINE, audience=Audience.STAFF, rule=rules.may_write_chart)
register(VITAL, audience=Audience.SIGNED_IN, rule=rules.may_measure)
register(NOTE, audience=Audience.STAFF, rule=rules.may_diagnose)
register(HOME_CARE, audience=Audience.STAFF, rule=rules.may_write_chart)
register(TASK, audience=Audience.SIGNED_IN, rule=rules.may_do_tasks)
register(CODES, audience=Audience.STAFF, roles=frozenset({"physician", "nurse"}))
register(CHECK_BACK, audience=Audience.HOUSE)
