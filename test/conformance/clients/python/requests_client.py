"""A relying party made of requests-oauth2client: pushed and signed requests, DPoP, certificates."""

import requests
from jwskate import Jwk
from requests_oauth2client import (
    BearerToken,
    DPoPKey,
    EndpointError,
    OAuth2Client,
    PrivateKeyJwt,
    PublicApp,
)

from conversation import hear, refused, say, visit

app = hear()
client_id = app["client_id"]


def connect(auth, **options):
    """Plain HTTP on loopback is for tests only, says the library."""
    return OAuth2Client.from_discovery_endpoint(
        issuer=app["issuer"],
        auth=auth,
        redirect_uri=app["redirect_uri"],
        id_token_signed_response_alg="PS256",
        testing=True,
        **options,
    )


def private_key_jwt():
    return PrivateKeyJwt(client_id, Jwk(app["private_key"]))


def authorize(client, prepare, **options):
    """The code flow; prepare makes of the request what the browser is sent with."""
    request = client.authorization_request(scope="openid profile offline_access", **options)
    callback = visit(prepare(request).uri)
    return request.validate_callback(callback)


def redeem(client, response):
    """Tokens with an ID token that the library has verified."""
    token = client.authorization_code(response, validate=False)
    # A key that is new since discovery is read again (OIDC Core §10.1.1), which the library leaves to its user.
    client.update_authorization_server_public_keys()
    # It loses the DPoP key when it verifies the ID token of a DPoP token (1.8.0): a plain token has none.
    plain = BearerToken(token.access_token, id_token=token.id_token)
    plain.validate_id_token(client, response)
    return token


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
    return outcome(client, redeem(client, response))


def signed():
    """JAR (RFC 9101): the browser carries the client id and the request object alone."""
    client = connect(private_key_jwt())
    key = Jwk(app["private_key"])
    # The library adds neither issuer nor audience by itself.
    response = authorize(
        client, lambda request: request.sign(key, lifetime=60), iss=client_id, aud=app["issuer"]
    )
    return outcome(client, redeem(client, response))


def signed_and_pushed():
    client = connect(private_key_jwt())
    key = Jwk(app["private_key"])

    def prepare(request):
        # What the library pushes are plain parameters.
        fields = {"request": str(request.sign_request_jwt(key, lifetime=60))}
        address = client.pushed_authorization_request_endpoint
        answer = client.session.post(address, data=fields, auth=client.auth, timeout=10)
        if not answer.ok:
            return client.on_pushed_authorization_request_error(answer)
        return client.parse_pushed_authorization_response(answer)

    response = authorize(client, prepare, iss=client_id, aud=app["issuer"])
    return outcome(client, redeem(client, response))


def dpop():
    """A public client: of it a nonce is demanded, which the library answers by itself."""
    client = connect(PublicApp(client_id), dpop_bound_access_tokens=True)
    key = DPoPKey.generate(app["dpop_alg"])
    response = authorize(client, client.pushed_authorization_request, dpop_key=key)
    token = redeem(client, response)
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


def certificate():
    """RFC 8705: the connection authenticates, the request carries the client id alone, as that of a public client."""
    session = requests.Session()
    # Or REQUESTS_CA_BUNDLE would say whom to trust.
    session.trust_env = False
    session.cert = (app["certificate_file"], app["key_file"])
    session.verify = app["server_file"]
    document = session.get(f"{app['issuer']}/.well-known/openid-configuration", timeout=10).json()
    # The library does not know the aliases (§5).
    client = OAuth2Client.from_discovery_document(
        {**document, **document["mtls_endpoint_aliases"]},
        auth=PublicApp(client_id),
        redirect_uri=app["redirect_uri"],
        authorization_server_jwks=session.get(document["jwks_uri"], timeout=10).json(),
        id_token_signed_response_alg="PS256",
        testing=True,
        session=session,
    )
    response = authorize(client, client.pushed_authorization_request)
    token = redeem(client, response)
    thief = {"auth": BearerToken(token.access_token), "verify": app["server_file"], "timeout": 10}
    stolen = requests.get(client.userinfo_endpoint, **thief).status_code
    return {**outcome(client, token), "stolen": stolen}


flows = {
    "pushed": pushed,
    "signed": signed,
    "signed-and-pushed": signed_and_pushed,
    "dpop": dpop,
    "certificate": certificate,
}
try:
    say({"result": flows[app["flow"]]()})
except EndpointError as error:
    refused(error.error, error.description)
