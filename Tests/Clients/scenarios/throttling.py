"""429: the SDK waits as it is told and succeeds."""

import time

from .actions import VM, output_of
from .managed import Machine, create
from .table import scenario


@scenario("throttled once: an action waits and succeeds")
async def action(case):
    case.azure.fault(429, case.action_path(), method="POST", retry_after=2, taken=False)
    began = time.monotonic()
    body = case.sdk.action(case.place.script("greet"), name="World")
    text = output_of(case, await case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body))
    case.check("Hello, World!" in text, f"the output is: {text}")
    case.check(time.monotonic() - began >= 2, "the SDK did not wait")
    first = case.answers("POST")[0]
    case.check(first[0] == 429 and first[1].get("retry-after") == "2", f"the first answer was {first}")
    received = case.received("POST", case.action_path())
    case.check(received == 2, f"the local Azure received {received} POSTs instead of 2")


@scenario("throttled once: a create waits and succeeds")
async def put(case):
    on = Machine()
    case.azure.fault(429, on.path(case), method="PUT", retry_after=1, taken=False)
    await create(case, on)
    received = case.received("PUT", on.path(case))
    case.check(received == 2, f"the local Azure received {received} PUTs instead of 2")


@scenario("throttled for ever: the user is told")
async def for_ever(case):
    case.azure.fault(429, case.action_path(), method="POST", retry_after=1, taken=False, times=20)
    body = case.sdk.action(case.place.script("greet"), name="World")
    from azure.core.exceptions import HttpResponseError

    try:
        await case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body)
    except HttpResponseError as error:
        case.check(error.status_code == 429, f"the SDK raised {error.status_code}: {error}")
        case.check("OperationNotAllowed" in str(error) or "TooManyRequests" in str(error), f"shown is: {error}")
    else:
        case.check(False, "it succeeded")
    received = case.received("POST", case.action_path())
    case.check(received == 4, f"the local Azure received {received} POSTs instead of 4")


@scenario("a throttled poll")
async def poll(case):
    # Polls name no machine: whichever scenario's poll comes next is throttled, and each of them has to bear it.
    case.azure.fault(429, "/operations/", method="GET", retry_after=1, taken=False)
    body = case.sdk.action(case.place.script("greet"), name="World")
    text = output_of(case, await case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body))
    case.check("Hello, World!" in text, f"the output is: {text}")
