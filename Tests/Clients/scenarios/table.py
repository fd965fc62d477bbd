"""The table of scenarios: a decorator a function is all that one takes."""

import re
from dataclasses import dataclass
from typing import Callable

#: All that were declared, in the order of their modules.
ALL = []

#: The SDK clients, and the one that uses no SDK.
SDK_CLIENTS = ("39", "39-aio", "30", "30-aio")
PLAIN_CLIENT = "http"
#: In this order, after everything else: the gateway ends as it should and starts again; it is killed and starts again;
#: nothing happens, but the scenario has the gateway to itself.
TURNS = ("restart", "kill", "alone")
CLIENTS = (*SDK_CLIENTS, PLAIN_CLIENT)


@dataclass(frozen=True)
class Scenario:
    """What a client does and what must come of it."""

    name: str
    perform: Callable  #: takes a Case; an async function, or an async generator that yields where its turn comes
    clients: tuple
    needs_gateway: bool  #: makes no sense straight at the local Azure
    turn: str  #: "": any time; else what happens where the generator yields, see TURNS
    seconds: float  #: a hang is a failure
    number: int

    @property
    def key(self):
        """Part of names of machines, so that scenarios do not meet."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


def scenario(name, clients=SDK_CLIENTS, needs_gateway=False, turn="", seconds=60.0):
    """Declares one."""

    def declare(perform):
        ALL.append(Scenario(name, perform, tuple(clients), needs_gateway, turn, seconds, len(ALL)))
        return perform

    return declare
