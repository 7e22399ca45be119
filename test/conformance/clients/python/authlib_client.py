"""A relying party made of Authlib: the code flow with PKCE, and a client that signs its assertions."""

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, import_key

from conversation import hear, refused, say, visit

app = hear()
metadata = requests.get(f"{app['issuer']}/.well-known/openid-configuration", timeout=10).json()
keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())


def session():
    own = {"client_secret": app["client_secret"], "token_endpoint_auth_method": "client_secret_basic"}
    if "private_key" in app:
        own = {"client_secret": import_key(app["private_key"]), "token_endpoint_auth_method": "private_key_jwt"}
    client = OAuth2Session(
        client_id=app["client_id"],
        redirect_uri=app["redirect_uri"],
        scope="openid profile offline_access",
        code_challenge_method="S256",
        revocation_endpoint_auth_method=own["token_endpoint_auth_method"],
        token_endpoint=metadata["token_endpoint"],
        **own,
    )
    if "private_key" in app:
        client.register_client_auth_method(
            PrivateKeyJWT(alg=app["private_key"]["alg"], headers={"kid": app["private_key"]["kid"]})
        )
    return client


def verify(id_token, **expected):
    """Signature by the published keys, then every claim."""
    algorithms = metadata["id_token_signing_alg_values_supported"]
    token = jwt.decode(id_token, keys, algorithms=algorithms)
    options = {
        "iss": {"essential": True, "value": metadata["issuer"]},
        "aud": {"essential": True, "value": expected["client_id"]},
    }
    claims = CodeIDToken(token.claims, token.header, options, expected)
    claims.validate()
    return claims


def sign_in():
    client = session()
    verifier, nonce = generate_token(48), generate_token(20)
    address, state = client.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
    )
    callback = visit(address)
    token = client.fetch_token(authorization_response=callback, state=state, code_verifier=verifier)
    expected = {"client_id": app["client_id"], "nonce": nonce, "access_token": token["access_token"]}
    claims = verify(token["id_token"], **expected)
    info = client.get(metadata["userinfo_endpoint"]).json()
    try:
        verify(token["id_token"], **{**expected, "client_id": "another"})
        fooled = True
    except JoseError:
        fooled = False

    old = token["access_token"]
    refreshed = client.refresh_token()
    seen = client.introspect_token(metadata["introspection_endpoint"], token=refreshed["access_token"]).json()
    revoked = client.revoke_token(metadata["revocation_endpoint"], token=refreshed["refresh_token"])
    after = client.introspect_token(metadata["introspection_endpoint"], token=refreshed["access_token"]).json()
    say(
        {
            "result": {
                "algorithm": claims.header["alg"],
                "subject": claims["sub"],
                "has_at_hash": "at_hash" in claims,
                "name": info["name"],
                "is_fooled": fooled,
                "is_new": refreshed["access_token"] != old,
                "introspected": [seen["active"], seen["sub"]],
                "revoked": revoked.status_code,
                "after": after,
            }
        }
    )


def client_credentials():
    token = session().fetch_token(grant_type="client_credentials", scope="demo:read")
    say({"result": {"scope": token["scope"], "token_type": token["token_type"]}})


try:
    {"sign-in": sign_in, "client-credentials": client_credentials}[app["flow"]]()
except OAuthError as error:
    refused(error.error, error.description)
