"""Two people in a real call: pages with small fake cameras, and what can be measured on them.

Waits are for media facts (pictures shown, bytes), never for a connection's own word that it is connected.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bedside.consent.commands import begin_care
from bedside.kernel.time import utc_now
from bedside.platform.access import system_actor
from bedside.scheduling.models import Appointment
from bedside.visits.commands import check_in_patient, enter_waiting_room, open_visit
from bedside.visits.models import Visit
from tests.cast import Cast

#: Runs before the page's own scripts: cameras of 320x240 at 12 pictures a second, connections counted, pictures
#: stamped. `bedsideRelayOnly` makes every connection refuse anything but a relay.
PROBE = """
(() => {
  window.probe = { made: 0, pcs: [], frames: 0, first: 0, last: 0, gap: 0 };
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(configuration) {
      super(window.bedsideRelayOnly ? { ...configuration, iceTransportPolicy: "relay" } : configuration);
      probe.made += 1;
      probe.pcs.push(this);
    }
  };
  const media = navigator.mediaDevices;
  const ask = media.getUserMedia.bind(media);
  media.getUserMedia = (asked) =>
    ask({ ...asked, video: asked.video ? { width: 320, height: 240, frameRate: 12 } : false });
  const seen = new WeakSet();
  const watch = (video) => {
    const tick = () => {
      const now = performance.now();
      if (probe.last) probe.gap = Math.max(probe.gap, now - probe.last);
      probe.frames += 1;
      probe.first ||= now;
      probe.last = now;
      video.requestVideoFrameCallback(tick);
    };
    video.requestVideoFrameCallback(tick);
  };
  new MutationObserver(() => {
    for (const video of document.querySelectorAll(".tile-one video")) {
      if (!seen.has(video)) { seen.add(video); watch(video); }
    }
  }).observe(document, { childList: true, subtree: true });
})();
"""

LIVING = "probe.frames > 0 && performance.now() - probe.last < 400"


def until(page: Any, fact: str, *, within: float = 15.0) -> float:
    """Wait for an expression to be true on a page, and return the seconds it took.

    Why not the browser's own wait: it would need eval, which our pages forbid.
    """
    start = time.monotonic()
    while not page.evaluate(fact):
        if time.monotonic() - start > within:
            raise AssertionError(f"not within {within:g} s: {fact}")
        page.wait_for_timeout(40)
    return time.monotonic() - start


def book_visit(cast: Cast, *, patient: str = "ada", mode: str = "video") -> Visit:
    """Book, open and check in a visit with Dr Chen, and put the patient in line."""
    now = utc_now()
    start = now + timedelta(minutes=5)
    booked = Appointment.objects.create(
        patient=cast.people[patient],
        practitioner=cast.chen.practitioner,
        organization=cast.clinic,
        during=(start, start + timedelta(minutes=20)),
        starts_at=start,
        ends_at=start + timedelta(minutes=20),
        practitioner_zone="America/Chicago",
        status="booked",
        mode=mode,
        reason="Pain under the left eye",
        fee_minor=4500,
        currency="USD",
        created_at=now,
    )
    begin_care(
        actor=system_actor("scheduling.book_appointment"),
        now=now,
        patient_id=booked.patient_id,
        person_id=cast.chen.id,
        reason="booked",
        source=("appointment", booked.id),
    )
    who: dict[str, Any] = {"actor": cast.actor(patient), "now": now}
    visit = open_visit(**who, appointment_id=booked.id)
    where = {"place": "412 Juniper Street, Austin", "region": "TX", "country": "US", "callback_number": "5125550182"}
    check_in_patient(**who, visit_id=visit.id, **where, consent_language="en", device_test={})
    return enter_waiting_room(**who, visit_id=visit.id)


class Call:
    """A patient and a doctor, each with a page open on one visit."""

    def __init__(self, visit: Visit, patient: Any, doctor: Any, url: Callable[[str], str]) -> None:
        self.visit, self.patient, self.doctor = visit, patient, doctor
        self.waiting = url(f"/visits/{visit.id}/waiting")
        self.room = url(f"/visits/{visit.id}/room")

    def wait_at_the_door(self) -> None:
        """Bring both to the point where one press lets the patient in."""
        self.patient.goto(self.waiting)
        until(self.patient, "document.querySelector('visit-room').line?.isUp")
        until(self.patient, "document.querySelector('visit-room').devices.video !== null")
        self.doctor.goto(self.room)
        self.doctor.locator("[data-admit]").wait_for(timeout=15_000)
        until(self.doctor, "document.querySelector('visit-room').devices.video !== null")

    def admit(self) -> None:
        """Press the button."""
        self.doctor.locator("[data-admit]").click()

    def wait_for_pictures(self, *, within: float = 15.0) -> float:
        """Wait until both see the other move, and return the seconds it took."""
        start = time.monotonic()
        for page in (self.patient, self.doctor):
            until(page, LIVING, within=max(0.1, within - (time.monotonic() - start)))
        return time.monotonic() - start

    def first_picture_ms(self) -> dict[str, float]:
        """Return how long after the press each saw the other, on each page's own clock, in wall time."""
        pressed = self.doctor.evaluate(
            "performance.timeOrigin + performance.getEntriesByName('visit-admit')[0].startTime"
        )
        return {
            name: page.evaluate("performance.timeOrigin + probe.first") - pressed
            for name, page in (("patient", self.patient), ("doctor", self.doctor))
        }

    def meet(self) -> None:
        """Wait at the door, go in, see each other."""
        self.wait_at_the_door()
        self.admit()
        self.wait_for_pictures()


def open_page(browser: Any, sign_in: Callable[[Any, Any], None], person: Any, **how: Any) -> Any:
    """Return a page of a person, in a context of its own, with the probe in place."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **how})
    context.add_init_script(PROBE)
    sign_in(context, person)
    return context.new_page()
