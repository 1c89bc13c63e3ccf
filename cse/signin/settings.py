"""Settings of allauth, its second factors, OpenID Connect and axes; imported by cse.settings.

Environment: ``OIDC_NAME``, ``OIDC_ISSUER``, ``OIDC_CLIENT_ID`` and ``OIDC_CLIENT_SECRET`` offer the
organisation's own sign-in beside the password; ``SITE_URL`` is the address in links that are made
outside a request; ``TRUSTED_PROXY_COUNT`` is how many proxies add to ``X-Forwarded-For``.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

import environ

_env = environ.Env()

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SITE_URL = _env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
TRUSTED_PROXY_COUNT = _env.int("TRUSTED_PROXY_COUNT", default=0)

# Accounts: work e-mail and password; an administrator makes them, nobody signs up.
ACCOUNT_ADAPTER = "cse.signin.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGOUT_REDIRECT_URL = "signin:signed-out"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Django's own, which knows the address from the account: allauth's keeps addresses of its own,
# and an address that an administrator has changed would still open the account.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  the name of a class
ACCOUNT_FORMS = {
    "login": "cse.signin.forms.SignInForm",
    "reset_password": "cse.signin.forms.AskForLinkForm",
    "reset_password_from_key": "cse.signin.forms.ChoosePasswordForm",
    "change_password": "cse.signin.forms.ChangePasswordForm",
    "set_password": "cse.signin.forms.SetPasswordForm",
    "reauthenticate": "cse.signin.forms.ConfirmPasswordForm",
}
# axes locks an account at one address first; these catch guesses spread over addresses.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/m/ip,10/900s/key",
    "change_password": "10/m/user",
    "reset_password": "20/m/ip,5/900s/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "manage_email": False,
    "signup": False,
}
# Links to set or reset a password work for this long.
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60

# Second factor: authenticator app or security key, with recovery codes shown once.
MFA_ADAPTER = "cse.signin.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "cse.signin.forms.SecondFactorForm",
    "reauthenticate": "cse.signin.forms.ConfirmSecondFactorForm",
    "activate_totp": "cse.signin.forms.ActivateAppForm",
    "authenticate_webauthn": "cse.signin.forms.SignInKeyForm",
    "reauthenticate_webauthn": "cse.signin.forms.ConfirmKeyForm",
    "add_webauthn": "cse.signin.forms.AddKeyForm",
    "edit_webauthn": "cse.signin.forms.NameKeyForm",
}
MFA_TOTP_ISSUER = _env("SERVICE_NAME", default="Child exploitation screening")
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Addresses are an administrator's word here, never the person's own claim.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _env.bool("WEBAUTHN_ALLOW_INSECURE_ORIGIN", default=False)

# The organisation's own sign-in: finds an account by its verified address, makes none.
OIDC_NAME = _env("OIDC_NAME", default="your organisation")
OIDC_ISSUER = _env("OIDC_ISSUER", default="")
#: Origins the browser may be sent to for it: the issuer's, and ``OIDC_ORIGINS`` where the page to
#: sign in at stands elsewhere.
OIDC_ORIGINS: list[str] = _env.list("OIDC_ORIGINS", default=[])
if OIDC_ISSUER and not OIDC_ORIGINS:
    OIDC_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(OIDC_ISSUER))]
SOCIALACCOUNT_ADAPTER = "cse.signin.adapters.OrganisationAdapter"
# Our adapter matches by verified address itself: allauth's own way would wipe the password.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS = {}
if OIDC_ISSUER:
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "organisation",
                    "name": OIDC_NAME,
                    "client_id": _env("OIDC_CLIENT_ID"),
                    "secret": _env("OIDC_CLIENT_SECRET"),
                    "settings": {"server_url": OIDC_ISSUER},
                }
            ],
        }
    }

# Throttling: five wrong tries for one account from one address, then a quarter of an hour's rest.
# axes knows the account by a keyed digest of what was typed, never by the words themselves.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "cse.signin.throttle.account_digest"
AXES_CLIENT_IP_CALLABLE = "cse.signin.throttle.client_address"
AXES_LOCKOUT_CALLABLE = "cse.signin.throttle.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_ENABLE_ADMIN = False
AXES_USERNAME_FORM_FIELD = "login"
AXES_PASSWORD_FORM_FIELD = "password"  # noqa: S105  the name of a form field
AXES_SENSITIVE_PARAMETERS = ["login", "email", "code", "csrfmiddlewaretoken", "next"]
