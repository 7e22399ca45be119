"""What `npm run load` tells the scenarios: where the server is, who has an account, which clients there are."""

import itertools
import json
import os
from collections.abc import Iterator
from typing import Any

with open(os.environ["AUTHLY_LOAD_FACTS"], encoding="utf-8") as _file:
    _facts: dict[str, Any] = json.load(_file)

ISSUER: str = _facts["issuer"]
PASSWORD: str = _facts["password"]
REDIRECT_URI: str = _facts["redirect_uri"]
SECRET: str = _facts["secret"]
WEB_SCOPE: str = _facts["web_scope"]
SERVICE_SCOPE: str = _facts["service_scope"]
SERVICE: str = _facts["clients"]["service"]
OWN_APP: str = _facts["clients"]["own"]
FOREIGN_APP: str = _facts["clients"]["foreign"]
"""Asks for consent."""

_usernames: Iterator[str] = itertools.cycle(_facts["usernames"])
_admin_tokens: Iterator[str] = itertools.cycle(_facts["admin_tokens"])
_addresses = itertools.count()


def next_username() -> str:
    """An account of one's own, until all are taken."""
    return next(_usernames)


def next_admin_token() -> str:
    return next(_admin_tokens)


def next_address() -> str:
    """An address of one's own, of the network for benchmarks (RFC 2544)."""
    number = next(_addresses)
    return f"198.18.{number // 250 % 250}.{number % 250 + 1}"
