"""A relying party made of requests-oauth2client: pushed and signed requests, DPoP, certificates."""

import requests
from jwskate import Jwk
from requests_oauth2client import (
    BearerToken,
    BaseClientAuthenticationMethod,
    DPoPKey,
    OAuth2Client,
    OAuth2Error,
    PrivateKeyJwt,
    PublicApp,
)

from conversation import hear, refused, say, visit

app = hear()
client_id = app["client_id"]


def connect(auth, session=None, **options):
    """Plain HTTP on loopback is for tests only, says the library."""
    return OAuth2Client.from_discovery_endpoint(
        issuer=app["issuer"],
        auth=auth,
        redirect_uri=app["redirect_uri"],
        id_token_signed_response_alg="PS256",
        testing=True,
        session=session,
        **options,
    )


def private_key_jwt():
    return PrivateKeyJwt(client_id, Jwk(app["private_key"]))


def authorize(client, prepare, **options):
    """The code flow; prepare makes of the request what the browser is sent with."""
    request = client.authorization_request(scope="openid profile offline_access", **options)
    callback = visit(prepare(request).uri)
    return request.validate_callback(callback)


def outcome(client, token):
    """What a verified ID token and the endpoints behind it say."""
    refreshed = client.refresh_token(token)
    return {
        "token_type": token.token_type,
        "subject": token.id_token.sub,
        "name": client.userinfo(token)["name"],
        "refreshed": client.userinfo(refreshed)["sub"],
        "cnf": client.introspect_token(refreshed).get("cnf"),
    }


def pushed():
    client = connect(private_key_jwt())
    response = authorize(client, client.pushed_authorization_request)
    return outcome(client, client.authorization_code(response))


def signed():
    """JAR (RFC 9101): the browser carries the client id and the request object alone."""
    client = connect(private_key_jwt())
    key = Jwk(app["request_key"])
    # The library adds neither issuer nor audience by itself.
    response = authorize(
        client, lambda request: request.sign(key, lifetime=60), iss=client_id, aud=app["issuer"]
    )
    return outcome(client, client.authorization_code(response))


def signed_and_pushed():
    client = connect(private_key_jwt())
    key = Jwk(app["request_key"])

    def prepare(request):
        request_object = str(request.sign_request_jwt(key, lifetime=60))
        return client._request(
            "pushed_authorization_request_endpoint",
            data={"request": request_object},
            auth=client.auth,
            on_success=client.parse_pushed_authorization_response,
            on_failure=client.on_pushed_authorization_request_error,
        )

    response = authorize(client, prepare, iss=client_id, aud=app["issuer"])
    return outcome(client, client.authorization_code(response))


def dpop():
    """A public client: of it a nonce is demanded, which the library answers by itself."""
    client = connect(PublicApp(client_id), dpop_bound_access_tokens=True)
    key = DPoPKey.generate(app["dpop_alg"])
    response = authorize(client, client.pushed_authorization_request, dpop_key=key)
    token = client.authorization_code(response)
    thief = BearerToken(token.access_token)
    stolen = requests.get(client.userinfo_endpoint, auth=thief, timeout=10).status_code
    refreshed = client.refresh_token(token)
    return {
        "token_type": token.token_type,
        "subject": token.id_token.sub,
        "name": client.userinfo(token)["name"],
        "refreshed": client.userinfo(refreshed)["sub"],
        "thumbprint": key.dpop_jkt,
        "access_token": refreshed.access_token,
        "stolen": stolen,
    }


class Certificate(BaseClientAuthenticationMethod):
    """RFC 8705 §2: the connection authenticates, the request carries the client id alone."""

    def __init__(self, name):
        self.client_id = name

    def __call__(self, request):
        request = super().__call__(request)
        fields = dict(requests.compat.parse_qsl(request.body or "")) if hasattr(requests.compat, "parse_qsl") else {}
        request.prepare_body({**fields, "client_id": self.client_id}, files=None)
        return request


flows = {
    "pushed": pushed,
    "signed": signed,
    "signed-and-pushed": signed_and_pushed,
    "dpop": dpop,
}
try:
    say({"result": flows[app["flow"]]()})
except OAuth2Error as error:
    refused(error.error, error.description)
