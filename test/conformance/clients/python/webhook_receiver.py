"""Receives webhooks with the library of Standard Webhooks, and ed25519 signatures with cryptography, as it has none."""

import base64

from conversation import hear, refused, say
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

request = hear()
headers, body = request["headers"], request["body"]


def verify_ed25519(public_key):
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix("whpk_")))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    for signature in headers["webhook-signature"].split(" "):
        version, encoded = signature.split(",")
        if version != "v1a":
            continue
        try:
            key.verify(base64.b64decode(encoded), signed)
            return True
        except InvalidSignature:
            pass
    return False


if "public_key" in request:
    say({"result": {"is_good": verify_ed25519(request["public_key"])}})
else:
    try:
        event = Webhook(request["secret"]).verify(body.encode(), headers)
        say({"result": {"event": event}})
    except WebhookVerificationError as error:
        refused("not_verified", str(error))
