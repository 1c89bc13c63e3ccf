"""A made-up OpenID Connect issuer that answers in this process."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

ISSUER = "https://issuer.example.net"
CLIENT = "cse-client"


class Answer:
    """The part of a `requests` answer that allauth reads."""

    def __init__(self, body: dict[str, Any], status: int = 200) -> None:
        self.body, self.status_code, self.text = body, status, str(body)
        self.headers = {"content-type": "application/json"}

    def json(self) -> dict[str, Any]:
        return self.body

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise OSError(self.status_code)


class FakeIssuer:
    """Says what it is asked to say about one person; stands in for a `requests` session."""

    def __init__(self, *, email: str, verified: bool = True, audience: str = CLIENT) -> None:
        self.claims = {
            "iss": ISSUER, "aud": audience, "sub": "person-1", "email": email,
            "email_verified": verified, "exp": 4102444800, "iat": 1700000000,
        }  # fmt: skip
        self.code_verifiers: list[str] = []

    def __enter__(self) -> FakeIssuer:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def get(self, url: str, **_: Any) -> Answer:
        if url.endswith("/.well-known/openid-configuration"):
            return Answer(
                {
                    "issuer": ISSUER,
                    "authorization_endpoint": f"{ISSUER}/authorize",
                    "token_endpoint": f"{ISSUER}/token",
                    "userinfo_endpoint": f"{ISSUER}/me",
                    "jwks_uri": f"{ISSUER}/keys",
                }
            )
        return Answer({key: self.claims[key] for key in ("sub", "email", "email_verified")})

    def request(self, method: str, url: str, **options: Any) -> Answer:
        if method.upper() == "GET":
            return self.get(url)
        self.code_verifiers.append((options.get("data") or {}).get("code_verifier", ""))
        token = jwt.encode(self.claims, "k" * 40, algorithm="HS256")
        return Answer({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def post(self, url: str, **options: Any) -> Answer:
        return self.request("POST", url, **options)


def state_of(location: str) -> str:
    """The state that the sign-in page sent along."""
    return parse_qs(urlsplit(location).query)["state"][0]
