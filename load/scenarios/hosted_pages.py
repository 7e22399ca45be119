"""A browser without JavaScript on the hosted pages: follows redirects, fills in forms, posts them."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from settings import ISSUER, PASSWORD, REDIRECT_URI
from steps import Step
from visitor import Visitor

_step_of_path = {
    "/oauth/authorize": Step.AUTHORIZE,
    "/oauth/authorize/resume": Step.RESUME,
    "/login": Step.SIGN_IN_PAGE,
    "/consent": Step.CONSENT_PAGE,
}
_most_hops = 12


class Form(HTMLParser):
    """The fields of the first form of a page that is posted."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self._is_inside = False
        self.feed(page)
        if self.action is None:
            raise ValueError(f"no form on the page: {page[:300]}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form" and self.action is None and values.get("method") == "post":
            self.action = values.get("action") or ""
            self._is_inside = True
        name = values.get("name")
        if tag == "input" and self._is_inside and name:
            self.fields[name] = values.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False


def authorize(visitor: Visitor, path: str, username: str) -> str:
    """
    Starts at the authorization endpoint, signs in and consents where a page asks for it.
    :return: the URL of the application that the browser is sent to
    """
    method, form, step = "GET", None, Step.AUTHORIZE
    for _ in range(_most_hops):
        headers = {"Origin": ISSUER} if form else {}
        response = visitor.send(step, method, path, expect=(200, 302, 303), headers=headers, form=form)
        if response.status_code == 200:
            path, step, form = _filled_in(response.text or "", username)
            method = "POST"
            continue
        location = urljoin(ISSUER + path, response.headers["location"])
        if location.startswith(REDIRECT_URI):
            return location
        path, form, method = _path_of(location), None, "GET"
        step = _step_of_path[urlsplit(location).path]
    raise ValueError(f"{username}: no end of redirects at {path}")


def _filled_in(page: str, username: str) -> tuple[str, Step, dict[str, str]]:
    form = Form(page)
    action = form.action or ""
    if "password" in form.fields:
        return action, Step.PASSWORD, {**form.fields, "identifier": username, "password": PASSWORD}
    if "identifier" in form.fields:
        return action, Step.IDENTIFIER, {**form.fields, "identifier": username}
    return action, Step.CONSENT, {**form.fields, "decision": "allow"}


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
