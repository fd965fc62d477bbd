"""azure-mgmt-compute in its two manners behind one face, so that a scenario is written once."""

import asyncio


class SDK:
    """The classes of the SDK as a user makes them; `is_async` chooses the manner."""

    def __init__(self, place, is_async, credential):
        import azure.mgmt.compute
        import azure.mgmt.compute.models as models

        if is_async:
            from azure.mgmt.compute.aio import ComputeManagementClient
        else:
            from azure.mgmt.compute import ComputeManagementClient
        self.models = models
        self.version = azure.mgmt.compute.__version__
        self.is_new = int(self.version.split(".")[0]) >= 31
        self._is_async = is_async
        self._observer = None
        self._client_class = ComputeManagementClient
        self._place = place
        self._credential = credential
        self._clients = []
        self.client = self.make()

    def make(self, credential=None, base_url=None, **options):
        """A client of the gateway; all that differs from Azure's is base_url and the local authority."""
        client = self._client_class(
            credential or self._credential,
            self._place.subscription,
            base_url=base_url or self._place.gateway,
            credential_scopes=["https://management.azure.com/.default"],
            connection_verify=self._place.authority,
            raw_response_hook=self._saw,
            **options,
        )
        self._clients.append(client)
        return client

    def observe(self, observer):
        self._observer = observer

    def _saw(self, pipeline_response):
        if self._observer:
            self._observer(pipeline_response.http_request, pipeline_response.http_response)

    async def close(self):
        for client in self._clients:
            closing = client.close()
            if closing is not None:
                await closing

    # --- calling ---

    async def call(self, group, method, *given, client=None, **options):
        """A plain operation."""
        function = getattr(getattr(client or self.client, group), method)
        if self._is_async:
            return await function(*given, **options)
        return await asyncio.to_thread(function, *given, **options)

    async def finish(self, group, method, *given, client=None, **options):
        """A long-running operation, to its end."""
        function = getattr(getattr(client or self.client, group), method)
        if self._is_async:
            return await (await function(*given, **options)).result()
        return await asyncio.to_thread(lambda: function(*given, **options).result())

    async def pages(self, group, method, *given, client=None, **options):
        """A list, page by page."""
        function = getattr(getattr(client or self.client, group), method)
        if self._is_async:
            return [[item async for item in page] async for page in function(*given, **options).by_page()]
        return await asyncio.to_thread(lambda: [list(page) for page in function(*given, **options).by_page()])

    # --- bodies ---

    def parameters(self, values):
        return [self.models.RunCommandInputParameter(name=name, value=value) for name, value in values.items()]

    def action(self, script=None, command_id="RunShellScript", **values):
        """The body of an action; the script as a list of its lines, as most people write it."""
        fields = {"command_id": command_id}
        if script is not None:
            fields["script"] = script.split("\n")
        if values:
            fields["parameters"] = self.parameters(values)
        return self.models.RunCommandInput(**fields)

    def source(self, **fields):
        return self.models.VirtualMachineRunCommandScriptSource(**fields)

    def stored(self, script, values=None, **more):
        """The body of a PUT."""
        return self.models.VirtualMachineRunCommand(
            location="westus", source=self.source(script=script), parameters=self.parameters(values or {}), **more
        )

    def change(self, script, values=None, **more):
        """The body of a PATCH."""
        return self.models.VirtualMachineRunCommandUpdate(
            source=self.source(script=script), parameters=self.parameters(values or {}), **more
        )
