"""Roles, languages, zones and the limits of signing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

#: Languages the screens speak. Source: docs/map.md.
LANGUAGES = [("en", "English"), ("es", "Español")]

#: Administrative gender. Source: FHIR R4 value set administrative-gender.
SEXES = [("female", "female"), ("male", "male"), ("other", "other"), ("unknown", "unknown")]

#: Working roles. Someone with none of them is a patient or a family member. Source: docs/map.md.
ROLES = [
    ("physician", "physician"),
    ("nurse", "nurse"),
    ("telepresenter", "telepresenter"),
    ("pharmacist", "pharmacist"),
    ("administrator", "administrator"),
    ("privacy_officer", "privacy officer"),
    ("operator", "operator"),
]

#: What each role is called on a screen. Source: docs/map.md.
ROLE_NAMES = [
    ("physician", "Doctor"),
    ("nurse", "Nurse"),
    ("telepresenter", "Telepresenter"),
    ("pharmacist", "Pharmacist"),
    ("administrator", "Clinic administrator"),
    ("privacy_officer", "Privacy officer"),
    ("operator", "Operator"),
]

#: Time zones offered first; any IANA zone is accepted. Source: IANA tz database, zone1970.tab.
ZONES = [
    ("America/New_York", "Eastern (New York)"),
    ("America/Chicago", "Central (Chicago, Austin)"),
    ("America/Denver", "Mountain (Denver)"),
    ("America/Phoenix", "Arizona (Phoenix)"),
    ("America/Los_Angeles", "Pacific (Los Angeles)"),
    ("America/Anchorage", "Alaska (Anchorage)"),
    ("Pacific/Honolulu", "Hawaii (Honolulu)"),
    ("America/Puerto_Rico", "Puerto Rico (San Juan)"),
    ("America/Mexico_City", "Mexico City"),
    ("America/Tijuana", "Tijuana"),
    ("America/Guatemala", "Guatemala"),
    ("America/Bogota", "Bogotá"),
    ("America/Lima", "Lima"),
    ("America/Caracas", "Caracas"),
    ("America/Santiago", "Santiago"),
    ("America/Argentina/Buenos_Aires", "Buenos Aires"),
    ("America/Sao_Paulo", "São Paulo"),
    ("Europe/London", "London"),
    ("Europe/Madrid", "Madrid"),
    ("Europe/Berlin", "Berlin"),
    ("Africa/Lagos", "Lagos"),
    ("Asia/Kolkata", "India"),
    ("Asia/Manila", "Manila"),
    ("Asia/Tokyo", "Tokyo"),
    ("Australia/Sydney", "Sydney"),
    ("UTC", "UTC"),
]

#: Where nobody has said otherwise. Source: the seat of the demo clinic, Austin.
DEFAULT_ZONE = "America/Chicago"

#: Kinds of authenticator that count as a second factor; recovery codes only stand in for one.
#: Source: OWASP ASVS 5.0, 6.3.3.
SECOND_FACTORS = ("totp", "webauthn")

#: Characters in a password that stands alone, in one beside a second factor, and at most.
#: Source: NIST SP 800-63B-4, 3.1.1.2 (15 alone, 8 with another factor); OWASP ASVS 5.0, 6.2.9 for the most.
PASSWORD_LENGTH_ALONE = 15
PASSWORD_LENGTH_WITH_FACTOR = 8
PASSWORD_LENGTH_MOST = 200

#: The longest life on record is 122 years; older is a slip of the keyboard.
#: Source: Gerontology Research Group, Jeanne Calment (1875–1997).
OLDEST_AGE_YEARS = 125


#: How long an access token may live, what is offered, and how many one person may have at a time.
#: Source: OWASP ASVS 5.0, 9.2.1 (a token has an end); the lengths are our own choice. Units: days, tokens.
TOKEN_LIFE_MOST = timedelta(days=366)
TOKEN_DAYS = [7, 30, 90, 365]
TOKENS_MOST = 50
TOKEN_NAME_MOST = 60
PROGRAM_NAME_MOST = 120
#: The longest telephone number that is kept. Source: RFC 3966 with an extension; ITU-T E.164 allows 15 digits.
PHONE_MOST = 32


@dataclass(frozen=True, slots=True)
class SessionLimit:
    """How long a session lasts without a touch, and in all."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """A bucket of tries: how many at once, and the seconds until one comes back."""

    most: int
    refill_seconds: float


#: Tries per address and per principal (the e-mail typed, or the one signing in), by URL name.
#: Source: OWASP ASVS 5.0, 6.3.1 (credential stuffing and brute force); one factor of ten above honest use.
PER_ADDRESS = {
    "account_login": Limit(30, 2),
    "account_signup": Limit(10, 30),
    "account_reset_password": Limit(10, 30),
    "account_confirm_password_reset_code": Limit(30, 4),
    "account_complete_password_reset": Limit(30, 4),
    "account_email_verification_sent": Limit(30, 4),
    "mfa_authenticate": Limit(30, 2),
    "mfa_login_webauthn": Limit(30, 2),
    "accounts:step_in": Limit(120, 0.5),
}
PER_PRINCIPAL = {
    "account_login": Limit(10, 30),
    "account_signup": Limit(5, 120),
    "account_reset_password": Limit(5, 120),
    "account_confirm_password_reset_code": Limit(10, 30),
    "account_email_verification_sent": Limit(10, 30),
    "account_email": Limit(5, 60),
    "account_change_password": Limit(5, 60),
    "account_set_password": Limit(5, 60),
    "account_reauthenticate": Limit(10, 30),
    "mfa_authenticate": Limit(5, 60),
    "mfa_activate_totp": Limit(10, 10),
    "mfa_reauthenticate": Limit(5, 60),
    "mfa_reauthenticate_webauthn": Limit(10, 30),
}
