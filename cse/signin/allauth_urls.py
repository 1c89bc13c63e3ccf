"""The routes of allauth that are served; every other one does not exist here.

Their capabilities are in ``cse.access.routes``. Nobody signs up, changes their address or
connects another identity, so those pages are not here.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.conf import settings
from django.urls import URLPattern, path, re_path

from cse.signin.views import remove_key, second_factor, sign_in

urlpatterns: list[URLPattern] = [
    path("sign-in/", sign_in, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/first/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("second-factor/", second_factor, name="mfa_index"),
    path("second-factor/check/", factor.authenticate, name="mfa_authenticate"),
    path("second-factor/confirm/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/app/add/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-factor/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "second-factor/codes/new/",
        recovery.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("second-factor/keys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("second-factor/keys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path(
        "second-factor/keys/confirm/",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("second-factor/keys/<int:pk>/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("second-factor/keys/<int:pk>/remove/", remove_key, name="mfa_remove_webauthn"),
]

if settings.SOCIALACCOUNT_PROVIDERS:
    urlpatterns += [
        path("<provider_id>/sign-in/", oidc.login, name="openid_connect_login"),
        path("<provider_id>/sign-in/answer/", oidc.callback, name="openid_connect_callback"),
        path(
            "organisation/cancelled/",
            social.login_cancelled,
            name="socialaccount_login_cancelled",
        ),
    ]
