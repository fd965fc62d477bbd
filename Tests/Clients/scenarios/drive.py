"""Performs the scenarios with one client. One JSON line an event to standard output; standard input says when to go on.

Run by `report`, in the virtual environment of that client.
"""

import argparse
import asyncio
import concurrent.futures
import inspect
import json
import os
import re
import signal
import sys
import threading
import time
import traceback

# Each module declares its scenarios when it is read, in the order of the table.
from . import actions, managed, diagnostic, catalog, companions, refusals, links  # noqa: F401
from . import throttling, at_most_once, repeats, restarts, own_credential  # noqa: F401
from .case import Case
from .place import Place
from .table import ALL, PLAIN_CLIENT, TURNS

#: Frames that say nothing of where a scenario stood.
SDK_CALLS = ("call", "finish", "pages", "<lambda>")


def say(**event):
    print(json.dumps(event), flush=True)


class Driver:
    """All scenarios of one client, some at a time."""

    def __init__(self, place, client, at_once):
        self._place = place
        self._client = client
        self._gate = asyncio.Semaphore(at_once)
        self._credential = None

    async def _case(self, scenario):
        sdk = None
        if self._client != PLAIN_CLIENT:
            from .credentials import service_principal
            from .sdk import SDK

            is_async = self._client.endswith("aio")
            self._credential = self._credential or service_principal(self._place, is_async)
            sdk = SDK(self._place, is_async, self._credential)
        return Case(self._place, scenario, self._client, sdk)

    async def _guarded(self, scenario, case, work, began, is_last):
        """Performs `work`; says how it ended if it failed or was the last part. True if there is more to do."""
        problem = None
        try:
            await asyncio.wait_for(work, scenario.seconds)
        except asyncio.TimeoutError:
            problem = f"it did not end within {scenario.seconds:.0f} s"
        except AssertionError as error:
            problem = str(error)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)
            own = [frame for frame in where if "/scenarios/" in frame.filename and frame.name not in SDK_CALLS]
            line = f" (line {own[-1].lineno} of {own[-1].filename.rsplit('/', 1)[-1]})" if own else ""
            problem = f"{type(error).__name__}: {error}{line}"
        if problem is None and not is_last:
            return True
        if case.sdk:
            await case.sdk.close()
        say(
            event="result", scenario=scenario.name, ok=problem is None, problem=problem, notes=case.told(),
            seconds=round(time.monotonic() - began, 2),
        )
        return False

    async def perform(self, scenario):
        async with self._gate:
            began = time.monotonic()
            case = await self._case(scenario)
            await self._guarded(scenario, case, scenario.perform(case), began, is_last=True)

    async def until_turn(self, scenario):
        """The first half; None if it failed, else the second half to come."""
        began = time.monotonic()
        case = await self._case(scenario)
        generator = scenario.perform(case)
        if not await self._guarded(scenario, case, anext(generator), began, is_last=False):
            return None

        async def finish():
            async for _ in generator:
                raise AssertionError("the scenario yields twice")

        return lambda: self._guarded(scenario, case, finish(), began, is_last=True)

    async def close(self):
        closing = self._credential.close() if self._credential else None
        if inspect.isawaitable(closing):
            await closing


def listen(loop, going_on):
    """Reads standard input in a thread of its own; its end means that nobody reads what this client says any more."""
    for _ in sys.stdin:
        loop.call_soon_threadsafe(going_on.put_nowait, True)
    os._exit(1)


async def drive(options):
    # Ctrl-C is for the one who started this, who then ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    going_on = asyncio.Queue()
    threading.Thread(target=listen, args=(asyncio.get_running_loop(), going_on), daemon=True).start()
    asyncio.get_running_loop().set_default_executor(concurrent.futures.ThreadPoolExecutor(64))
    place = Place.read(options.place)
    chosen = [
        scenario for scenario in ALL
        if options.client in scenario.clients
        and not (place.is_direct and scenario.needs_gateway)
        and re.search(options.only, scenario.name)
    ]
    driver = Driver(place, options.client, options.at_once)
    say(event="chosen", scenarios=[scenario.name for scenario in chosen])
    await asyncio.gather(*(driver.perform(scenario) for scenario in chosen if not scenario.turn))
    for turn in TURNS:
        halves = await asyncio.gather(
            *(driver.until_turn(scenario) for scenario in chosen if scenario.turn == turn)
        )
        halves = [half for half in halves if half]
        say(event="ready", turn=turn, halves=len(halves))
        await going_on.get()
        if turn == "alone":
            for half in halves:
                await half()
        else:
            await asyncio.gather(*(half() for half in halves))
    await driver.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--place", required=True)
    parser.add_argument("--client", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--at-once", type=int, default=6)
    asyncio.run(drive(parser.parse_args()))
