"""What an application asks of the server: codes with PKCE, tokens, what a token is worth, who a person is."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from hosted_pages import authorize
from settings import REDIRECT_URI, SECRET, WEB_SCOPE
from steps import Step
from visitor import Visitor


@dataclass
class Tokens:
    client_id: str
    access: str
    refresh: str


def sign_in(visitor: Visitor, client_id: str, username: str, **parameters: str) -> Tokens:
    """The whole code flow (OpenID Connect Core §3.1), with whatever pages the server shows."""
    verifier = secrets.token_urlsafe(32)
    state = secrets.token_urlsafe(16)
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": REDIRECT_URI,
        "scope": WEB_SCOPE,
        "state": state,
        "nonce": secrets.token_urlsafe(16),
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
        **parameters,
    }
    answer = parse_qs(urlsplit(authorize(visitor, f"/oauth/authorize?{urlencode(query)}", username)).query)
    if answer.get("state") != [state] or "code" not in answer:
        raise ValueError(f"{username}: no code but {answer}")
    return _redeem(visitor, client_id, answer["code"][0], verifier)


def _redeem(visitor: Visitor, client_id: str, code: str, verifier: str) -> Tokens:
    return _tokens(
        visitor,
        Step.CODE,
        client_id,
        grant_type="authorization_code",
        code=code,
        code_verifier=verifier,
        redirect_uri=REDIRECT_URI,
    )


def refresh(visitor: Visitor, tokens: Tokens) -> Tokens:
    """The refresh token of the answer takes the place of the one that was sent."""
    return _tokens(
        visitor, Step.REFRESH, tokens.client_id, grant_type="refresh_token", refresh_token=tokens.refresh
    )


def _tokens(visitor: Visitor, step: Step, client_id: str, **form: str) -> Tokens:
    credentials = {"client_id": client_id, "client_secret": SECRET}
    answer = visitor.send(step, "POST", "/oauth/token", form={**form, **credentials}).json()
    return Tokens(client_id, answer["access_token"], answer["refresh_token"])


def service_token(visitor: Visitor, client_id: str, scope: str) -> str:
    form = {"grant_type": "client_credentials", "scope": scope}
    credentials = {"client_id": client_id, "client_secret": SECRET}
    answer = visitor.send(Step.SERVICE_TOKEN, "POST", "/oauth/token", form={**form, **credentials})
    return answer.json()["access_token"]


def introspect(visitor: Visitor, client_id: str, token: str) -> None:
    """:raises ValueError: when the token is not active"""
    form = {"token": token, "client_id": client_id, "client_secret": SECRET}
    answer = visitor.send(Step.INTROSPECT, "POST", "/oauth/introspect", form=form)
    if not answer.json()["active"]:
        raise ValueError("a token that was just issued is not active")


def userinfo(visitor: Visitor, tokens: Tokens) -> None:
    visitor.send(Step.USERINFO, "GET", "/oidc/userinfo", headers={"Authorization": f"Bearer {tokens.access}"})


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
