"""Two calls with the client of openapi-python-client, and an upload."""

import os
from io import BytesIO

from authly_client import AuthenticatedClient
from authly_client.api.bulk import bulk_create_users
from authly_client.api.users import create_user, list_users
from authly_client.models import CreatedUser, Job, UserCreation, UserPage, UserSetupNone, UserSetupNoneMethod
from authly_client.types import File

name = os.environ["AUTHLY_NAME"]
with AuthenticatedClient(os.environ["AUTHLY_ISSUER"], os.environ["AUTHLY_TOKEN"]) as client:
    creation = UserCreation(username=name, setup=UserSetupNone(method=UserSetupNoneMethod.NONE))
    created = create_user.sync(client=client, body=creation)
    page = list_users.sync(client=client, identifier=name)
    upload = File(payload=BytesIO(b'{"username":"%s-2"}\n' % name.encode()))
    job = bulk_create_users.sync(client=client, body=upload, dry_run=True)
assert isinstance(created, CreatedUser), created
assert isinstance(page, UserPage), page
assert [user.id for user in page.items] == [created.id], page
assert isinstance(job, Job), job
