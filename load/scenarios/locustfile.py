"""
Who comes to the server, in what proportion: people with an application each, services, and administrators beside them.
Started by `npm run load`. Each person has an account, a browser and an address of their own.
"""

import random
from urllib.parse import quote

from application import Tokens, introspect, refresh, service_token, sign_in, userinfo
from locust import between, task
from settings import (
    FOREIGN_APP,
    OWN_APP,
    SERVICE,
    SERVICE_SCOPE,
    next_admin_token,
    next_username,
)
from steps import Step
from visitor import Visitor


NAMES = ("ada lovel", "grace", "turing")


class Person(Visitor):
    """Signs in now and then; their application refreshes its tokens and reads who they are."""

    weight = 12
    wait_time = between(0.5, 1.5)

    def on_start(self) -> None:
        super().on_start()
        self.username = next_username()
        self.tokens: Tokens | None = None
        # Everything once, whatever chance brings afterwards.
        self.first_time(
            self.sign_in_and_consent,
            self.open_another_application,
            self.refresh_tokens,
            self.read_profile,
            self.be_introspected,
        )

    @task(2)
    def sign_in_and_consent(self) -> None:
        """In a fresh browser, at an application that asks for consent each time."""
        self.client.cookiejar.clear()
        self.tokens = sign_in(self, FOREIGN_APP, self.username, prompt="consent")

    @task(3)
    def open_another_application(self) -> None:
        """With the session, if there is one: then no page is shown."""
        self.tokens = sign_in(self, OWN_APP, self.username)

    @task(8)
    def refresh_tokens(self) -> None:
        if self.tokens:
            # Unknown until the answer is here: a token is never sent twice.
            tokens, self.tokens = self.tokens, None
            self.tokens = refresh(self, tokens)

    @task(3)
    def read_profile(self) -> None:
        if self.tokens:
            userinfo(self, self.tokens)

    @task(4)
    def be_introspected(self) -> None:
        """The application's API asks what the token is worth."""
        if self.tokens:
            introspect(self, self.tokens.client_id, self.tokens.access)


class Service(Visitor):
    """Gets a token for itself, as often as a small fleet does."""

    weight = 6
    wait_time = between(0.1, 0.3)

    @task
    def get_token(self) -> None:
        service_token(self, SERVICE, SERVICE_SCOPE)


class Administrator(Visitor):
    """Reads lists, accounts and the audit trail."""

    weight = 1
    wait_time = between(0.5, 1.5)

    def on_start(self) -> None:
        super().on_start()
        self.token = next_admin_token()
        self.first_time(self.read_list, self.search, self.read_audit_trail)

    @task(4)
    def read_list(self) -> None:
        page = self._get(Step.LIST, "/admin/users?limit=50")
        self._get(Step.ACCOUNT, f"/admin/users/{random.choice(page['items'])['id']}")
        cursor = page["page_info"]["next_cursor"]
        if cursor:
            self._get(Step.LIST, f"/admin/users?limit=50&cursor={quote(cursor)}")

    @task(2)
    def search(self) -> None:
        self._get(Step.SEARCH, f"/admin/users?q={quote(random.choice(NAMES))}")

    @task(2)
    def read_audit_trail(self) -> None:
        self._get(Step.EVENTS, "/admin/audit/events?limit=50")

    def _get(self, step: Step, path: str) -> dict:
        return self.send(step, "GET", path, headers={"Authorization": f"Bearer {self.token}"}).json()
