"""The service's routes with those of the organisation's own sign-in, as OIDC_ISSUER adds them."""

from __future__ import annotations

from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import path

from cse.urls import handler400, handler403, handler404, handler500
from cse.urls import urlpatterns as ours

__all__ = ["handler400", "handler403", "handler404", "handler500"]

urlpatterns = [
    path("account/<provider_id>/sign-in/", oidc.login, name="openid_connect_login"),
    path("account/<provider_id>/sign-in/answer/", oidc.callback, name="openid_connect_callback"),
    path(
        "account/organisation/cancelled/",
        social.login_cancelled,
        name="socialaccount_login_cancelled",
    ),
    *ours,
]
