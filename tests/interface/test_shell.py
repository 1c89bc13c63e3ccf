"""What the layout knows: who is signed in, in which post, where they can go, when it ends."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpResponse, HttpResponseNotAllowed
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cse.interface.context import Shell, shell
from cse.interface.jinja import can, csp_nonce, link, url
from cse.interface.middleware import RefusedMethodMiddleware
from cse.interface.navigation import FOOTER, NAV, Entry, entries_for, named
from cse.people.models import Role


def request_of(user=None, path="/", **attributes):
    request = RequestFactory().get(path)
    if user is not None:
        request.user = user
    for name, value in attributes.items():
        setattr(request, name, value)
    return request


def test_a_request_that_failed_early_has_a_shell_all_the_same(settings):
    bare = Shell(request_of())
    assert bare.service_name == settings.SERVICE_NAME
    assert bare.marking == settings.MARKING
    assert (bare.user_name, bare.post, bare.nav, bare.sign_out_url) == ("", "", [], "")
    assert bare.idle is None
    assert list(bare.messages) == []
    assert list(shell(request_of())) == ["shell"]


def test_a_stranger_sees_no_navigation():
    stranger = Shell(request_of(AnonymousUser()))
    assert (stranger.nav, stranger.footer_links, stranger.idle) == ([], [], None)


@pytest.mark.django_db
def test_the_layout_shows_who_acts_in_which_post_and_when_it_ends(settings):
    from tests.factories import make_user

    user = make_user(Role.PRACTITIONER, given_name="Dana", family_name="O'Neill")
    ends = datetime(2026, 12, 9, 17, 0, tzinfo=UTC)
    signed_in = Shell(request_of(user, session_ends_at=ends))
    assert signed_in.user_name == "Dana O'Neill"
    assert signed_in.post == f"Practitioner, {user.posts.get().team.agency.name}"
    assert signed_in.sign_out_url == reverse("account_logout")
    idle = signed_in.idle
    assert (idle.seconds, idle.warning) == (settings.IDLE_SECONDS, settings.IDLE_WARNING_SECONDS)
    assert (idle.seconds, idle.warning, idle.ends_at) == (15 * 60, 2 * 60, ends)


ACCOUNT_PAGES = (
    "account_change_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_list_webauthn",
)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ACCOUNT_PAGES)
def test_the_header_says_the_post_on_sign_ins_own_pages_too(client, name):
    """It is worked out once for the whole page, and not where nobody is signed in."""
    from tests.factories import make_user

    user = make_user(Role.PRACTITIONER)
    client.force_login(user)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(reverse(name), follow=True).content.decode()
    post = f"Practitioner, {user.posts.get().team.agency.name}"
    assert f'<span class="cse-header__post">{post}</span>' in page
    assert len(about_posts(captured)) == 1
    client.logout()
    with CaptureQueriesContext(connection) as captured:
        assert b"cse-header__post" not in client.get(reverse("account_login")).content
    assert not about_posts(captured)


def about_posts(captured):
    return [each for each in captured if "FROM people_post" in each["sql"]]


@pytest.mark.django_db
def test_navigation_shows_what_exists_and_what_the_post_allows():
    from tests.factories import make_user

    entries = [
        Entry("Guidance", "interface:guidance"),
        Entry("Language", "interface:language-terms", "MANAGE_LANGUAGE"),
        Entry("Nowhere", "interface:no-such-page"),
    ]
    guidance = reverse("interface:guidance")
    practitioner = request_of(make_user(Role.PRACTITIONER), path=f"{guidance}words/")
    assert [(i.label, i.current) for i in entries_for(practitioner, entries)] == [
        ("Guidance", True)
    ]
    administrator = request_of(make_user(Role.ADMINISTRATOR), path="/")
    assert [i.label for i in entries_for(administrator, entries)] == ["Guidance", "Language"]
    assert can(administrator.user, "MANAGE_LANGUAGE")
    assert not can(practitioner.user, "MANAGE_LANGUAGE")


def test_an_act_that_is_none_is_a_mistake_and_not_a_no():
    with pytest.raises(KeyError):
        named("MANAGE_EVERYTHING")


def test_links_and_addresses_are_escaped():
    assert link("<b>", '/?a="&b') == '<a class="govuk-link" href="/?a=&#34;&amp;b">&lt;b&gt;</a>'
    assert "govuk-visually-hidden" in link("Open", "/", hidden="Isla")
    assert url("interface:guidance-page", "words").endswith("/guidance/words/")


def test_a_nonce_is_read_even_while_it_is_lazy():
    class Lazy:
        def __bool__(self):
            return False

        def __str__(self):
            return "n0nce"

    assert csp_nonce(SimpleNamespace(csp_nonce=Lazy())) == "n0nce"
    assert csp_nonce(SimpleNamespace()) == ""


def test_a_refused_method_gets_words_and_other_answers_pass():
    refused = RefusedMethodMiddleware(lambda request: HttpResponseNotAllowed(["GET", "POST"]))
    response = refused(request_of())
    assert response.status_code == 405
    assert response["Allow"] == "GET, POST"
    assert b"Nothing was changed" in response.content
    passed = RefusedMethodMiddleware(lambda request: HttpResponse("x", status=404))
    assert passed(request_of()).content == b"x"


@pytest.mark.django_db
def test_every_entry_leads_to_a_page_that_opens_for_those_who_see_it(client, settings):
    from tests.factories import make_user

    for role in Role:
        client.force_login(user := make_user(role))
        shown = entries_for(request_of(user), NAV + FOOTER)
        assert "Home" in [item.label for item in shown]
        for item in shown:
            response = client.get(item.href)
            # A sensitive act first asks again who is there.
            asks = response.status_code == 302 and reverse("account_reauthenticate") in response.url
            assert response.status_code == 200 or asks, (role, item.label)


@pytest.mark.django_db
def test_of_two_addresses_the_longer_one_is_where_one_is():
    from tests.factories import make_user

    administrator = make_user(Role.ADMINISTRATOR)
    request = request_of(administrator, path=reverse("people:leads"))
    assert [i.label for i in entries_for(request, NAV) if i.current] == ["Leads"]
