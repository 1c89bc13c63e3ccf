"""Every route of the service. A route whose view declares no capability is not served."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("cse.worklist.urls")),
    path("account/", include("cse.signin.urls")),
    path("account/", include("cse.signin.allauth_urls")),
    path("people/", include("cse.people.urls")),
    path("children/", include("cse.children.urls")),
    path("access/", include("cse.access.urls")),
    path("audit/", include("cse.audit.urls")),
    path("clocks/", include("cse.clocks.urls")),
    path("missing/", include("cse.missing.urls")),
    path("screens/", include("screening.urls")),
    path("referrals/", include("referrals.urls")),
    path("documents/", include("cse.documents.urls")),
    path("", include("cse.interface.urls")),
]

handler400 = "cse.interface.errors.bad_request"
handler403 = "cse.interface.errors.permission_denied"
handler404 = "cse.interface.errors.page_not_found"
handler500 = "cse.interface.errors.server_error"
# Not Django's: asked for by the audit middleware when looks cannot be written.
handler503 = "cse.interface.errors.unavailable"
