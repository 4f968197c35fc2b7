"""Who may do what with an account. A person manages their own; roles are given by administrators.

Sign-in pages are allauth's; `ROUTE_POLICIES` names the verb behind each of their routes.
"""

from __future__ import annotations

from typing import Any

from bedside.platform.access import Actor, Audience, Context, Decision, register
from bedside.platform.access.middleware import register_routes


def _own(actor: Actor, person_id: Any, context: Context) -> Decision:
    """A person's account is theirs alone."""
    return Decision.yes("self") if actor.person_id == person_id else Decision.hide()


def _demo_only(actor: Actor, is_demo: Any, context: Context) -> Decision:
    """Stepping in exists in the demo clinic, and nowhere else."""
    return Decision.yes("demo") if is_demo is True else Decision.hide("not_demo")


def _others_role(actor: Actor, person_id: Any, context: Context) -> Decision:
    """Nobody gives themselves a role."""
    return Decision.no("own_role") if actor.person_id == person_id else Decision.yes("administrator")


register("accounts.sign_up", audience=Audience.ANYONE)
register("accounts.sign_in", audience=Audience.ANYONE)
register("accounts.sign_out", audience=Audience.ANYONE)
register("accounts.reset_password", audience=Audience.ANYONE)
register("accounts.confirm_email", audience=Audience.ANYONE)
register("accounts.set_language", audience=Audience.ANYONE)
register("accounts.step_in", audience=Audience.ANYONE, rule=_demo_only)
register("accounts.manage_sign_in", audience=Audience.SIGNED_IN, before_second_factor=True)
register("accounts.edit_settings", audience=Audience.SIGNED_IN, rule=_own)
register("accounts.end_session", audience=Audience.SIGNED_IN, rule=_own, before_second_factor=True)
register("accounts.make_token", audience=Audience.SIGNED_IN, rule=_own)
register("accounts.revoke_token", audience=Audience.SIGNED_IN, rule=_own)
register(
    "accounts.grant_role",
    audience=Audience.SIGNED_IN,
    roles=frozenset({"administrator"}),
    rule=_others_role,
)
register("accounts.set_up_role", audience=Audience.HOUSE)
register("accounts.make_program_token", audience=Audience.HOUSE)
register("accounts.revoke_program_token", audience=Audience.HOUSE)
register("accounts.list_program_tokens", audience=Audience.HOUSE)
register("accounts.sweep", audience=Audience.HOUSE)
register("accounts.open_demo", audience=Audience.HOUSE)

#: allauth's routes, each with its verb. A route of theirs that is not here does not exist.
ROUTE_POLICIES = {
    "account_login": "accounts.sign_in",
    "account_logout": "accounts.sign_out",
    "account_inactive": "accounts.sign_in",
    "account_signup": "accounts.sign_up",
    "account_email_verification_sent": "accounts.confirm_email",
    "account_reset_password": "accounts.reset_password",
    "account_confirm_password_reset_code": "accounts.reset_password",
    "account_complete_password_reset": "accounts.reset_password",
    "account_password_reset_completed": "accounts.reset_password",
    "account_reauthenticate": "accounts.manage_sign_in",
    "account_email": "accounts.manage_sign_in",
    "account_change_password": "accounts.manage_sign_in",
    "account_set_password": "accounts.manage_sign_in",
    "mfa_authenticate": "accounts.sign_in",
    "mfa_login_webauthn": "accounts.sign_in",
    "mfa_reauthenticate": "accounts.manage_sign_in",
    "mfa_reauthenticate_webauthn": "accounts.manage_sign_in",
    "mfa_index": "accounts.manage_sign_in",
    "mfa_view_recovery_codes": "accounts.manage_sign_in",
    "mfa_generate_recovery_codes": "accounts.manage_sign_in",
    "mfa_activate_totp": "accounts.manage_sign_in",
    "mfa_deactivate_totp": "accounts.manage_sign_in",
    "mfa_list_webauthn": "accounts.manage_sign_in",
    "mfa_add_webauthn": "accounts.manage_sign_in",
    "mfa_remove_webauthn": "accounts.manage_sign_in",
    "mfa_edit_webauthn": "accounts.manage_sign_in",
}
register_routes(ROUTE_POLICIES)
