"""A user of Locust whose requests are judged by what came back."""

import json
from collections.abc import Callable
from typing import Any

from locust import FastHttpUser
from locust.contrib.fasthttp import ResponseContextManager
from locust.exception import RescheduleTask
from report import limited
from settings import next_address
from steps import Step


class Visitor(FastHttpUser):
    abstract = True

    def on_start(self) -> None:
        self.address = next_address()

    def first_time(self, *tasks: Callable[[], None]) -> None:
        """For `on_start`, where Locust neither reschedules a task nor counts what it did not expect."""
        for each in tasks:
            try:
                each()
            except RescheduleTask:
                continue
            except Exception as error:
                fire = self.environment.events.user_error.fire
                fire(user_instance=self, exception=error, tb=error.__traceback__)

    def send(
        self,
        step: Step,
        method: str,
        path: str,
        *,
        expect: tuple[int, ...] = (200,),
        headers: dict[str, str] | None = None,
        form: dict[str, str] | None = None,
    ) -> ResponseContextManager:
        """
        Sends one request, without following redirects. An answer of another status ends the task: what would follow it
        has nothing to go on. 429 is counted apart, because then the server does what it was told.
        """
        with self.client.request(
            method,
            path,
            name=step,
            # Of the proxy that the server believes.
            headers={"CF-Connecting-IP": self.address, **(headers or {})},
            data=form,
            allow_redirects=False,
            catch_response=True,
        ) as response:
            if response.status_code in expect:
                response.success()
            elif response.status_code == 429:
                limited[step] += 1
                response.success()
            else:
                response.failure(described(response))
        if response.status_code not in expect:
            raise RescheduleTask()
        return response


def described(response: ResponseContextManager) -> str:
    """Status and error code: answers of one kind are counted together."""
    if response.status_code == 0:
        return f"no answer: {type(response.error).__name__}"
    return f"{response.status_code} {error_code(response)}".strip()


def error_code(response: ResponseContextManager) -> str:
    try:
        body: Any = json.loads(response.text or "")
    except ValueError:
        return ""
    # RFC 6749 §5.2, RFC 9457 §3.
    return str(body.get("error") or body.get("type") or "")
