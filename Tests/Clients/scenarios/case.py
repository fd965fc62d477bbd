"""A scenario in the hands of one client."""

import asyncio
import time
import uuid

from .local_azure import LocalAzure
from .plain_http import PlainHTTP

#: Answers' headers worth showing when something failed.
_SHOWN = ("location", "azure-asyncoperation", "retry-after", "x-ms-request-id", "x-sallyport-repeat-of")


class Case:
    """What a scenario has at hand: machines of its own, the SDK in one manner, the local Azure, plain HTTP."""

    group = "rg-clients"

    def __init__(self, place, scenario, client, sdk):
        self.place = place
        self.client = client
        self.sdk = sdk
        self.azure = LocalAzure(place)
        self.exchanges = []
        self.notes = []
        self.key = f"{client}-{scenario.number}-{scenario.key}"[:40].rstrip("-")
        self.machine = f"web-{self.key}"
        self.scale_set = f"web-ss-{self.key}"
        if sdk:
            sdk.observe(self._saw)

    # --- saying ---

    def note(self, text):
        """Shown with --verbose."""
        self.notes.append(text)

    def check(self, holds, otherwise):
        """Fails the scenario with what went wrong."""
        if not holds:
            raise AssertionError(otherwise)

    def _saw(self, request, response):
        headers = {name.lower(): value for name, value in response.headers.items()}
        self.exchanges.append((request.method, response.status_code, headers))

        def told():
            shown = " ".join(f"{name}={headers[name][:120]}" for name in _SHOWN if name in headers)
            try:
                body = response.text() if callable(getattr(response, "text", None)) else response.body().decode()
            except Exception:  # an answer that was left half-read
                body = "(not read)"
            target = request.url.removeprefix(self.place.gateway)
            return f"{request.method} {target[:300]} -> {response.status_code} {shown} {body[:500]}"

        # Told at the end: here the SDK has not read the body yet.
        self.notes.append(told)

    def told(self):
        """The notes as texts."""
        return [note() if callable(note) else note for note in self.notes]

    def answers(self, method):
        """Every answer the SDK got to requests of this method: status and headers."""
        return [(status, headers) for seen, status, headers in self.exchanges if seen == method]

    # --- plain HTTP ---

    def http(self, token=None, **claims):
        """Plain HTTP at the gateway as the operator, or as whoever the claims name."""
        if token is None:
            token = self.azure.token(**({"groups": [self.place.operators]} | claims))
        plain = PlainHTTP(self.place.gateway, self.place.authority, token)
        plain.exchanges = self.notes
        return plain

    def action_path(self, machine=None):
        return f"/virtualMachines/{machine or self.machine}/runCommand"

    def action_target(self, machine=None, version="2024-11-01"):
        return f"{self.compute}{self.action_path(machine)}?api-version={version}"

    @property
    def compute(self):
        """Path of the resource group's Microsoft.Compute."""
        return f"/subscriptions/{self.place.subscription}/resourceGroups/{self.group}/providers/Microsoft.Compute"

    # --- what the local Azure saw ---

    def received(self, method, path):
        return len(self.azure.received(method, path))

    def tally_file(self):
        """A file that the script `tally` may write, not there yet."""
        return self.place.folder / f"tally-{self.key}-{uuid.uuid4().hex[:8]}"

    async def ran(self, file, times=1, seconds=5.0):
        """Waits until `tally` has run so often, and a moment longer, so that once more would be seen."""
        end = time.monotonic() + seconds
        while self.count(file) < times and time.monotonic() < end:
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.3)
        count = self.count(file)
        self.check(count == times, f"the script ran {count} times instead of {times}")

    @staticmethod
    def count(file):
        return len(file.read_text().splitlines()) if file.exists() else 0

    # --- expecting a refusal ---

    async def refused(self, doing, status, code):
        """The error that the user of the SDK gets, which must say `code` and a reason."""
        from azure.core.exceptions import HttpResponseError

        try:
            result = await doing
        except HttpResponseError as error:
            got = error.error.code if error.error else None
            self.check(
                error.status_code == status and got == code,
                f"expected {status} {code}, got {error.status_code} {got}: {error.message}",
            )
            shown = str(error)
            self.check(code in shown and len(shown) > len(code) + 20, f"the user is shown no reason: {shown}")
            if status not in (429, 503):
                asks = "Retry-After" in error.response.headers
                self.check(not asks, "an answer that stays the same asks to be tried again")
            return error
        raise AssertionError(f"expected {status} {code}, but it succeeded: {result}")
