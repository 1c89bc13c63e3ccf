"""Sign-in pages of ours; those of allauth are in ``cse.signin.allauth_urls``."""

import time

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.views import LoginView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import IndexView as SecondFactorIndex
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.conf import settings
from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from cse.access.capabilities import Capability
from cse.access.decorators import public, requires
from cse.interface import errors
from cse.signin import authors, former, kept, kept_pages, limits
from cse.signin.demo import demo_accounts, demo_user
from cse.signin.forms import RemoveKeyForm
from cse.signin.middleware import (
    KEPT_FLAG,
    asked_to_sign_in,
    end_session,
    is_script,
    keep_form,
    may_be_kept,
    page_of,
)
from cse.signin.queries import account_facts

#: Seconds before the limit at which the page's own clock may already say that time is up.
CLOCKS_DIFFER = 10


class SignInView(LoginView):
    """E-mail address and password; says why somebody has to sign in again."""

    def get_context_data(self, **kwargs):
        why = self.request.GET.get("why", "")
        return super().get_context_data(**kwargs) | {
            "why": why if why in {"idle", "limit", "ended"} else "",
            "typed_kept": kept.waits_for(former.former_user_id(self.request)),
            "demo_accounts": demo_accounts(),
            "organisation": settings.OIDC_NAME if settings.SOCIALACCOUNT_PROVIDERS else "",
        }


sign_in = public(SignInView.as_view())


class RemoveKeyView(RemoveWebAuthnView):
    """Take a security key away; the last second factor stays where one is asked for."""

    form_class = RemoveKeyForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"authenticator": self.object}

    def get_context_data(self, **kwargs):
        may_go = get_adapter().can_delete_authenticator(self.object)
        return super().get_context_data(**kwargs) | {"is_only": not may_go}


remove_key = RemoveKeyView.as_view()


class SecondFactorView(SecondFactorIndex):
    """What somebody has as a second factor; says when the service asks for one."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"required": settings.SECOND_FACTOR_REQUIRED}


second_factor = SecondFactorView.as_view()


@require_POST
@never_cache
@requires(Capability.USE_SERVICE)
def extend(request):
    """Stay signed in: asking is activity. A script gets the seconds left, a person their page."""
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"seconds_left": limits.seconds_left(request.session)})
    return redirect(_next(request) or "/")


@require_POST
@never_cache
@requires(Capability.USE_SERVICE)
def keep(request):
    """Just before the session ends, the page hands in what was typed and not saved."""
    path = request.POST.get("kept_path", "")
    if not _is_page(request, path):
        raise Http404
    if not may_be_kept(resolve(path.split("?")[0])):
        return JsonResponse({"kept": False})
    fields = {
        name: values
        for name, values in request.POST.lists()
        if name not in {"kept_path", "kept_page"}
    }
    page = request.POST.get("kept_page", "")
    row = kept.keep(
        user_id=request.user.pk,
        path=path,
        page=page if _is_page(request, page) else path,
        fields=fields,
    )
    return JsonResponse({"kept": row is not None})


@require_GET
@never_cache
@public
def ended(request):
    """Where a page goes when its time is up: says why, and how to go on."""
    if request.user.is_authenticated:
        idle_for = time.time() - request.session.get(limits.ACTIVE, 0)
        if idle_for < settings.IDLE_SECONDS - CLOCKS_DIFFER:
            # Somebody is at work in another tab: that is activity, and nothing ends.
            return render(request, "signin/still_here.html", {"back": _came_from(request)})
        end_session(request, limits.IDLE)
    context = {
        "back": _came_from(request),
        "why": getattr(request, "session_ended", "idle"),
        "typed_kept": kept.waits_for(former.former_user_id(request)),
    }
    return render(request, "signin/ended.html", context)


@require_GET
@never_cache
@public
def signed_out(request):
    """After signing out by hand."""
    if request.user.is_authenticated:
        return redirect("/")
    return render(request, "signin/signed_out.html")


@require_GET
@never_cache
@requires(Capability.USE_SERVICE)
def kept_forms(request):
    """What was typed before the session ended, for the same person."""
    back = _next(request) or "/"
    request.session.pop(KEPT_FLAG, None)
    found = kept.waiting_for(request.user)
    if not found:
        return redirect(back)
    context = {"found": kept_pages.shown(request, found), "back": back}
    return render(request, "signin/kept.html", context)


@public
def form_of_another_session(request, reason=""):
    """403: the form's token is that of another session; nothing is carried out.

    What one of our own pages sends is kept for whoever typed it. They see it at once where they are
    the one who is signed in now, and send it again; their script gets a token of this session and
    goes on. Whoever else is signed in sees nothing of it.
    """
    author, is_from_us = authors.author_of(request), _is_from_us(request)
    is_theirs = request.user.pk == author
    if author is None or not (is_from_us or request.user.is_authenticated):
        return errors.csrf_failure(request, reason)
    if is_from_us and is_theirs and is_script(request):
        return JsonResponse({"token": get_token(request)}, status=403)
    was_kept = is_from_us and keep_form(request, author)
    if not request.user.is_authenticated:
        return asked_to_sign_in(request)
    if not is_theirs:
        return _opened_by_somebody_else(request, was_kept=was_kept)
    if not was_kept:
        return errors.csrf_failure(request, reason)
    return redirect(f"{reverse('signin:kept')}?{urlencode({'next': page_of(request)})}")


def _opened_by_somebody_else(request, *, was_kept):
    if is_script(request):
        return JsonResponse({"somebody_else": True, "kept": was_kept}, status=403)
    return render(request, "signin/somebody_else.html", {"was_kept": was_kept}, status=403)


def _is_from_us(request):
    """Whether the browser says that one of our own pages sends this; no word of it counts as no."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


@require_POST
@requires(Capability.USE_SERVICE)
def drop_kept(request, kept_id):
    """Done with what was kept."""
    if not kept.drop(kept_id=kept_id, by=request.user):
        raise Http404
    return redirect("signin:kept")


@require_GET
@requires(Capability.USE_SERVICE)
def account(request):
    """Who one is here: posts, how one signs in, and when one did."""
    return render(request, "signin/account.html", {"facts": account_facts(request.user)})


@require_POST
@never_cache
@public
def demo_sign_in(request, user_id):
    """Enter the demonstration as one of its accounts (the route exists in the demo only)."""
    user = demo_user(user_id)
    if user is None or not settings.CSE_DEMO:
        raise Http404
    record_authentication(request, user, method="demonstration")
    return perform_login(request, Login(user=user, redirect_url=_next(request) or None))


def _next(request):
    """The page to go on to, if it is one of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if _is_page(request, target) else ""


def _is_page(request, target):
    if not target.startswith("/") or not url_has_allowed_host_and_scheme(
        target, {request.get_host()}, request.is_secure()
    ):
        return False
    try:
        match = resolve(target.split("?")[0])
    except Resolver404:
        return False
    return not match.route.startswith("account/")


def _came_from(request):
    page = page_of(request)
    return page if _is_page(request, page) else ""
