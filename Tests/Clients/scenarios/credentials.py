"""How a program gets tokens: as a service principal, or with a token that somebody else fetched."""

import time


def service_principal(place, is_async):
    """azure-identity's own class, at the local issuer."""
    if is_async:
        from azure.identity.aio import ClientSecretCredential
    else:
        from azure.identity import ClientSecretCredential
    return ClientSecretCredential(
        place.tenant,
        place.client_id,
        place.client_secret,
        authority=place.simulator,
        disable_instance_discovery=True,
        connection_verify=place.authority,
    )


class HeldToken:
    """A credential that holds one token, in the sync manner."""

    def __init__(self, token):
        self._token = token

    def get_token(self, *scopes, **options):
        from azure.core.credentials import AccessToken

        return AccessToken(self._token, int(time.time()) + 3000)

    def close(self):
        pass


class HeldTokenAio(HeldToken):
    """The same in the async manner."""

    async def get_token(self, *scopes, **options):
        return super().get_token(*scopes, **options)

    async def close(self):
        pass


def held(token, is_async):
    return HeldTokenAio(token) if is_async else HeldToken(token)
