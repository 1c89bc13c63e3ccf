"""Capabilities of routes that are not ours to decorate. A route that is not here is not served.

``None`` means that the route needs no capability: it is how somebody signs in, confirms who they
are or sets up a second factor, and allauth itself asks for a signed-in person where it needs one.
Without a second factor a person has no capability at all (``cse.access.principals``), so the
pages that set one up cannot ask for any.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cse.access.capabilities import Capability

SIGNING_IN = (
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "openid_connect_login",
    "openid_connect_callback",
    "socialaccount_login_cancelled",
)

#: For a signed-in person, whatever their post: allauth redirects everybody else to sign in.
OWN_ACCOUNT = (
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
)

#: The audit room stands below this one and cannot name an act itself.
BELOW = {"audit:log": Capability.SEE_AUDIT, "audit:found": Capability.SEE_AUDIT}

THIRD_PARTY: Mapping[str, Capability | None] = MappingProxyType(
    {**dict.fromkeys((*SIGNING_IN, *OWN_ACCOUNT)), **BELOW}
)
