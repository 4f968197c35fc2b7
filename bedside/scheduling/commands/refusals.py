"""How a booking is refused. Each docstring is the message people read."""

from __future__ import annotations

from bedside.kernel.errors import Conflict, Invalid


class SlotTaken(Conflict):
    """Someone else just took that time. Nothing was booked; please choose another time."""


class PatientBusy(Conflict):
    """You already have a visit at that time. Change or cancel that one first, or choose another time."""


class HoldExpired(Conflict):
    """We could not keep that time for you any longer. Nothing was booked; please choose a time again."""


class PriceChanged(Conflict):
    """The price of this visit has changed since you saw it. Nothing was booked; please look at the new price."""


class CannotChange(Conflict):
    """This visit cannot be changed any more. Look at your visits to see where it stands."""


class TooLate(Conflict):
    """It is too close to the visit to change it here. Please call the clinic; they can still help you."""


class InThePast(Invalid):
    """That time has passed. Please choose a later one."""


class TooFarAhead(Invalid):
    """That day is too far away to book yet. Please choose an earlier one."""


class OutsideHours(Invalid):
    """The doctor does not see patients at that time. Please choose one of the times shown."""


class DoctorNotBookable(Invalid):
    """This doctor cannot be booked for a patient in that place on that day. Please choose another doctor."""


class UnknownMode(Invalid):
    """Choose how to meet: by video, by voice or by chat."""


class WallTimeSkipped(Invalid):
    """Clocks go forward that night, so that time does not exist. Please enter a time before or after the jump."""


class WallTimeAmbiguous(Invalid):
    """Clocks go back that night, so that time comes twice. Please enter a time before or after that hour."""


class HoursOverlap(Conflict):
    """Those hours overlap hours that are already there. Remove the old ones first."""


class HoursBackwards(Invalid):
    """The end must come after the start. Nothing was saved; please look at both times."""


class NoTimesToOffer(Conflict):
    """There are fewer than three free times from that day on. Choose an earlier day or open more hours."""
