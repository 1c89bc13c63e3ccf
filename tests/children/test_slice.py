"""The thin slice in one go: search, create, the child's page, home."""

import datetime as dt

import pytest

from cse.children.models import Child

pytestmark = pytest.mark.django_db


def test_from_search_to_home(as_worker):
    client = as_worker
    answer = client.get("/children/")
    assert answer.status_code == 200, answer.content
    answer = client.post("/children/", {"name": "Alys Gwyn"})
    assert answer.status_code == 302
    answer = client.get(answer["Location"])
    assert answer.status_code == 200
    token = answer["Location"] if "Location" in answer else answer.wsgi_request.path.split("/")[-2]
    answer = client.get(f"/children/add/{token}/")
    assert answer.status_code == 200
    answer = client.post(
        f"/children/add/{token}/",
        {
            "given_name": "Alys",
            "family_name": "Gwyn",
            "date_of_birth-day": "3",
            "date_of_birth-month": "4",
            "date_of_birth-year": "2012",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    child = Child.objects.get()
    assert child.date_of_birth == dt.date(2012, 4, 3)
    for path in (
        "",
        "edit/",
        "timeline/",
        "changes/",
        "levels/",
        "status/",
        "status/add/",
        "team/",
        "team/add/",
    ):
        answer = client.get(f"/children/{child.pk}/{path}")
        assert answer.status_code == 200, path
        assert "Alys Gwyn" in answer.content.decode()
    answer = client.get("/")
    assert "Alys Gwyn" in answer.content.decode()
    assert client.get("/children/mine/").status_code == 200
