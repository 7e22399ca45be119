"""Two calls with the Python client of openapi-generator."""

import os

from openapi_client import ApiClient, Configuration, UserCreation, UserSetup, UserSetupNone, UsersApi

configuration = Configuration(host=os.environ["AUTHLY_ISSUER"], access_token=os.environ["AUTHLY_TOKEN"])
name = os.environ["AUTHLY_NAME"]
with ApiClient(configuration) as client:
    api = UsersApi(client)
    created = api.create_user(UserCreation(username=name, setup=UserSetup(UserSetupNone(method="none"))))
    page = api.list_users(identifier=name)
assert [user.id for user in page.items] == [created.id], page
