"""What the fields of other people's models hold, as ``DATA`` says of our own.

Models of the libraries we install, and the columns that history adds to every history table. A
library that brings a new field fails the suite until somebody has decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cse.data_classes import DataClass, classify

_AXES_REQUEST = "user_agent ip_address http_accept path_info attempt_time"

THIRD_PARTY_DATA: Mapping[str, Mapping[str, DataClass]] = MappingProxyType(
    {
        "contenttypes.ContentType": classify(operational="id app_label model"),
        "auth.Permission": classify(operational="id name content_type codename"),
        "auth.Group": classify(operational="id name"),
        "auth.Group_permissions": classify(operational="id group permission"),
        "people.User_groups": classify(operational="id user group"),
        "people.User_user_permissions": classify(operational="id user permission"),
        # What a session holds may be what somebody typed before they were asked who they are.
        "sessions.Session": classify(
            sensitive="session_key session_data", operational="expire_date"
        ),
        # Generic tables that stay empty (access.E002).
        "guardian.UserObjectPermission": classify(
            operational="id permission content_type object_pk user"
        ),
        "guardian.GroupObjectPermission": classify(
            operational="id permission content_type object_pk group"
        ),
        "account.EmailAddress": classify(
            identifying="email", operational="id user verified primary"
        ),
        "account.EmailConfirmation": classify(
            sensitive="key", operational="id email_address created sent"
        ),
        "mfa.Authenticator": classify(
            sensitive="data", operational="id user type created_at last_used_at"
        ),
        "socialaccount.SocialApp": classify(
            sensitive="secret key settings", operational="id provider provider_id name client_id"
        ),
        "socialaccount.SocialAccount": classify(
            identifying="uid extra_data", operational="id user provider last_login date_joined"
        ),
        "socialaccount.SocialToken": classify(
            sensitive="token token_secret", operational="id app account expires_at"
        ),
        # The name is a keyed digest (cse.signin.throttle); query and form are switched off.
        "axes.AccessAttempt": classify(
            identifying="username get_data post_data",
            operational=f"id failures_since_start {_AXES_REQUEST}",
        ),
        "axes.AccessAttemptExpiration": classify(operational="access_attempt expires_at"),
        "axes.AccessFailureLog": classify(
            identifying="username", operational=f"id locked_out {_AXES_REQUEST}"
        ),
        "axes.AccessLog": classify(
            identifying="username",
            sensitive="session_hash",
            operational=f"id logout_time {_AXES_REQUEST}",
        ),
    }
)

#: What history adds to the fields of the model it keeps.
HISTORY_DATA: Mapping[str, DataClass] = classify(
    sensitive="history_change_reason",
    operational="history_id history_date history_type history_user transaction_id actor_kind"
    " acting_post_id on_behalf_of_id request_id",
)
