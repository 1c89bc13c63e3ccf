"""What was typed on a screen when the session ended: readable, in the words of the screen."""

import uuid

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cse.access.actions import end_access
from cse.access.models import ChildUserGrant
from cse.signin import kept
from cse.signin.models import KeptForm
from screening.actions import set_aside, start_screen
from screening.answers import read_answers
from screening.queries import tool_of
from tests.factories import PASSWORD, grant, make_user
from tests.screening.conftest import BACKEND
from tests.screening.pages import address, controls, fill, text_of

pytestmark = pytest.mark.django_db
TYPED = "She came in wet through.\nShe asked for a towel."


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def draft(oxfordshire, clock):
    screen, _ = start_screen(child=oxfordshire.child, by=oxfordshire.worker)
    return screen


def sign_in(client, user):
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


@pytest.fixture
def late(client, oxfordshire, draft, clock):
    """The page of a domain, some of it saved, sent when the session had ended."""
    sign_in(client, oxfordshire.worker)
    saved = {"O-IND-HEA-02-presence": "no", "notes": "What was saved."}
    fill(client, draft, "domain", "health", **saved)
    where = address(draft, "domain", "health")
    sent = controls(client.get(where)) | {
        "O-IND-HEA-01-presence": "possible",
        "O-IND-HEA-01-evidence": TYPED,
        "notes": "What was saved. And more.",
        "act": "leave",
    }
    clock.shift(1000)
    answer = client.post(where, sent, headers={"Referer": f"http://testserver{where}"})
    return client, answer


def kept_page(client, user):
    sign_in(client, user)
    return client.get(reverse("signin:kept"))


def test_sign_in_says_that_what_was_typed_is_kept(late):
    client, answer = late
    assert "What you had typed and not saved is kept too" in text_of(client.get(answer["Location"]))
    # Somebody at a browser of their own has nothing that waits.
    client.cookies.clear()
    assert "typed and not saved" not in text_of(client.get(answer["Location"]))


def test_only_what_was_changed_is_shown_and_as_the_form_names_it(late, oxfordshire, draft):
    client, _ = late
    page = kept_page(client, oxfordshire.worker)
    words, html = text_of(page), page.content.decode()
    rows = {row.id: row for part in tool_of(draft.tool_version_id).domains for row in part.shown}
    name = rows["O-IND-HEA-01"].display_text
    assert "Health" in html.split('id="kept-1">')[1].split("</h2>")[0]
    assert f"{name} Possible" in words
    assert f"{name}: Evidence" in words
    assert "She asked for a towel." in words and "What was saved. And more." in words
    for machine in ("not_answered", "presence", "O-IND", "O ind", str(draft.pk), "Version"):
        assert machine not in words, machine
    # Two texts and one answer: what is as it was stored is not repeated.
    assert html.count("readonly") == 2
    assert html.count('<span class="cse-kept__label">') == 1


def test_sending_it_now_saves_it_and_says_so(late, oxfordshire, draft):
    client, _ = late
    html = kept_page(client, oxfordshire.worker).content.decode()
    given = KeptForm.objects.get()
    where = f"{address(draft, 'domain', 'health')}?kept={given.pk}"
    assert f'action="{where}"' in html
    (waiting,) = kept.waiting_for(oxfordshire.worker)
    answer = client.post(where, dict(waiting.fields), follow=True)
    draft.refresh_from_db()
    assert read_answers(draft.answers)["O-IND-HEA-01"].evidence == TYPED
    assert "What you had typed before you were signed out was sent." in text_of(answer)
    assert not KeptForm.objects.exists()


def test_what_is_refused_by_then_stays_kept(late, oxfordshire, draft):
    from cse.signin import kept

    client, _ = late
    set_aside(screen_id=draft.pk, reason="Started by mistake", by=oxfordshire.worker)
    sign_in(client, oxfordshire.worker)
    (waiting,) = kept.waiting_for(oxfordshire.worker)
    where = f"{address(draft, 'domain', 'health')}?kept={waiting.id}"
    answer = client.post(where, dict(waiting.fields), follow=True)
    assert "was sent" not in text_of(answer)
    assert KeptForm.objects.exists()


def test_when_the_child_is_hidden_by_then_the_text_is_there_and_no_name(late, oxfordshire, draft):
    client, _ = late
    grant(oxfordshire.lead, oxfordshire.child)
    for held in ChildUserGrant.objects.filter(user=oxfordshire.worker):
        end_access(grant=held, reason="Moved on", by=oxfordshire.lead)
    words = text_of(kept_page(client, oxfordshire.worker))
    assert "A page that is not open to you now" in words
    assert "She asked for a towel." in words and "What was saved. And more." in words
    assert "not_answered" not in words and "Health" not in words


def test_a_save_that_is_hidden_by_then_shows_the_typed_text_and_nothing_else(oxfordshire, draft):
    client, stranger = oxfordshire.client(), make_user()
    where = address(draft, "domain", "health")
    sent = controls(client.get(where)) | {"notes": TYPED, "act": "leave"}
    client.force_login(stranger, backend=BACKEND)
    hidden = client.post(where, sent)
    nowhere = client.post(where.replace(str(draft.pk), str(uuid.uuid4())), sent)
    assert hidden.status_code == nowhere.status_code == 404
    assert hidden.content == nowhere.content
    assert "She came in wet through.&#10;She asked for a towel.</textarea>" in (
        hidden.content.decode()
    )
    # What it says of the child: only what this person sent.
    assert oxfordshire.child.family_name not in hidden.content.decode()
    assert hidden.content.decode().count("<textarea") == 1


def test_two_megabytes_come_back_in_the_form_with_the_limit(oxfordshire, draft):
    long = "She said so. " * 170_000
    page = fill(oxfordshire.client(), draft, "domain", "health", notes=long)
    assert page.status_code in (200, 400)
    assert "Notes: Shorten the text to 20,000 characters (it has 2,210,000)" in text_of(page)
    assert long[:200_000] in page.content.decode()
