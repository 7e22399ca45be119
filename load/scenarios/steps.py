"""The names under which requests are counted. Each must have been taken in a run that says that all is well."""

from enum import StrEnum


class Step(StrEnum):
    AUTHORIZE = "authorize"
    SIGN_IN_PAGE = "page: sign in"
    IDENTIFIER = "sign in: identifier"
    PASSWORD = "sign in with a password"
    RESUME = "authorize, resumed"
    CONSENT_PAGE = "page: consent"
    CONSENT = "consent"
    CODE = "token: code"
    REFRESH = "token: refresh with rotation"
    SERVICE_TOKEN = "token: client_credentials"
    INTROSPECT = "introspect"
    USERINFO = "userinfo"
    LIST = "admin: list of accounts"
    SEARCH = "admin: search accounts"
    ACCOUNT = "admin: one account"
    EVENTS = "admin: audit events"
