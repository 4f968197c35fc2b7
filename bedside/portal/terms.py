"""How the log is told to patients: every verb and every reason in plain words."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

#: What someone did, said after their name: "Dr Lin Chen" + "read your chart". Every verb that leaves an audit row
#: about a patient has its words here; tests/house/test_audit_words.py walks them all.
DEED_WORDS = {
    "accounts.edit_settings": _("changed account details"),
    "accounts.grant_role": _("changed what someone may do here"),
    "accounts.manage_sign_in": _("changed how this account signs in"),
    "accounts.sign_in": _("signed in"),
    "accounts.sign_out": _("signed out"),
    "accounts.sign_up": _("opened the account"),
    "accounts.step_in": _("stepped in as someone else in the demo clinic"),
    "audit.read_about_patient": _("looked at this list"),
    "audit.search_events": _("searched the list of who looked"),
    "audit.verify_log": _("checked that the list is whole"),
    "consent.begin_care": _("let someone into your care"),
    "consent.break_glass": _("opened your chart in an emergency"),
    "consent.end_care": _("ended someone’s access to your chart"),
    "consent.give_consent": _("agreed to care by video, voice or chat"),
    "directory.register_certificate": _("added a board certificate"),
    "directory.register_license": _("added a license"),
    "directory.register_location": _("added a place"),
    "directory.register_organization": _("added a clinic"),
    "directory.register_practitioner": _("added a clinician"),
    "directory.verify_certificate": _("checked a board certificate"),
    "directory.verify_license": _("checked a license"),
    "files.open_file": _("opened a file of yours"),
    "files.store_file": _("added a file"),
    "orders.cancel_prescription": _("stopped a prescription"),
    "orders.check_prescription": _("checked a medicine against your allergies"),
    "orders.prescribe_medicine": _("wrote a prescription"),
    "orders.view_prescriptions": _("read your prescriptions"),
    "portal.run_clinic": _("looked at the clinic’s day"),
    "portal.run_machines": _("looked at how the machines run"),
    "portal.view_board": _("saw your name on the list of the day"),
    "portal.view_looked": _("looked at this list"),
    "portal.view_privacy": _("looked at the privacy officer’s page"),
    "portal.view_today": _("opened Today"),
    "record.add_addendum": _("added to a note about you"),
    "record.assign_home_care": _("gave you things to do at home"),
    "record.complete_task": _("ticked off a task"),
    "record.find_codes": _("searched the list of diagnoses"),
    "record.record_allergy": _("wrote down an allergy"),
    "record.record_diagnosis": _("wrote down a diagnosis"),
    "record.record_medicine_statement": _("wrote down a medicine you take"),
    "record.record_vital": _("wrote down a measured value"),
    "record.resolve_problem": _("marked a problem as over"),
    "record.sign_note": _("signed a note about your visit"),
    "record.view_chart": _("read your chart"),
    "record.view_tasks": _("looked at your tasks"),
    "record.view_visit_record": _("read what was found at your visit"),
    "record.write_note": _("worked on a note about your visit"),
    "scheduling.accept_follow_up": _("chose a follow-up time"),
    "scheduling.book_appointment": _("booked an appointment"),
    "scheduling.cancel_appointment": _("canceled an appointment"),
    "scheduling.hold_appointment": _("held a time while booking"),
    "scheduling.list_appointments": _("looked at your appointments"),
    "scheduling.move_appointment": _("moved your appointment along"),
    "scheduling.offer_follow_up": _("offered you follow-up times"),
    "scheduling.past_appointments": _("looked at your past appointments"),
    "scheduling.release_appointment": _("gave back a held time"),
    "scheduling.reschedule_appointment": _("moved an appointment to another time"),
    "scheduling.set_hours": _("changed working hours"),
    "scheduling.upcoming_appointments": _("looked at your appointments"),
    "scheduling.view_appointment": _("looked at an appointment"),
    "scheduling.view_day": _("looked at the appointments of the day"),
    "visits.admit_participant": _("let someone into your visit"),
    "visits.admit_patient": _("started your visit"),
    "visits.attach_file": _("sent a file in your visit’s chat"),
    "visits.cancel_visit": _("called off a visit"),
    "visits.change_mode": _("switched between video, voice and chat"),
    "visits.check_in_patient": _("checked in for a visit"),
    "visits.deny_participant": _("turned someone away from your visit"),
    "visits.end_visit": _("ended your visit"),
    "visits.enter_waiting_room": _("entered the waiting room"),
    "visits.hold_visit": _("paused your visit"),
    "visits.invite_participant": _("invited someone to your visit"),
    "visits.issue_ticket": _("connected to your visit"),
    "visits.join_room": _("joined your visit"),
    "visits.leave_room": _("left your visit"),
    "visits.mark_no_show": _("marked a visit as missed"),
    "visits.mark_read": _("read the chat of your visit"),
    "visits.open_visit": _("began to check in"),
    "visits.raise_hand": _("raised a hand in your visit"),
    "visits.read_summary": _("read the summary of your visit"),
    "visits.remove_participant": _("removed someone from your visit"),
    "visits.resume_visit": _("went on with your visit"),
    "visits.see_chat": _("read the chat of your visit"),
    "visits.see_place_in_line": _("looked at the place in line"),
    "visits.see_visit": _("looked at a visit of yours"),
    "visits.see_waiting_room": _("looked at who is waiting"),
    "visits.send_chat_message": _("wrote in the chat of your visit"),
    "visits.send_signal": _("connected to your visit"),
    "visits.sweep_rooms": _("tidied up a visit that was over"),
    "visits.tell_media": _("turned a camera or microphone on or off"),
    "visits.tell_quality": _("measured the connection of your visit"),
}

#: Why it was allowed, said at the end: "because you have an appointment".
REASON_WORDS = {
    "booked": _("because you have an appointment"),
    "treating": _("because they treat you"),
    "covering": _("because they stand in for a colleague"),
    "proxy": _("acting for you"),
    "break_glass": _("in an emergency"),
    "privacy_officer": _("to guard privacy"),
    "administrator": _("to run the clinic"),
    "clinic": _("to run the clinic"),
    "own_list": _("because you are on their list"),
    "own": _("because you are on their list"),
    "clinician": _("because they treat you"),
    "nurse": _("helping at your visit"),
    "telepresenter": _("helping at your visit"),
    "family": _("taking part in your visit"),
}

#: A clinician owes the patient a signed note within this time of the visit's end.
#: Source: our own promise, said to the patient on Today; features.md PP-07 wants the summary itself at once.
NOTE_WITHIN = timedelta(hours=4)

#: How long a summary that was not opened yet stays on Today.
SUMMARY_STAYS = timedelta(days=14)

#: A patient who waits longer than this after their time is marked on the board.
LONG_WAIT_MINUTES = 15

#: Unsigned notes older than this are not on the board any more, but in the administrator's list.
NOTES_BACK = timedelta(days=14)

#: A licence that ends within this time is on the administrator's page.
LICENSE_SOON = timedelta(days=60)

#: Which page is home, by role; the first that is held counts. Everyone else comes home to Today.
HOMES = {
    "physician": "portal:board",
    "nurse": "portal:board",
    "telepresenter": "portal:board",
    "privacy_officer": "portal:privacy",
    "administrator": "portal:clinic",
    "operator": "portal:machines",
}  # not words
