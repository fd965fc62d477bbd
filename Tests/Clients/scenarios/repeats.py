"""The same command sent twice: what is a repeat, and what it gets."""

import asyncio
import uuid

from .actions import VM, output_of
from .at_most_once import run
from .managed import Machine
from .table import PLAIN_CLIENT, scenario


@scenario("repeat with the same request id gets the first one's answer", needs_gateway=True)
async def same_id(case):
    file = case.tally_file()
    body = case.sdk.action(case.place.script("tally"), file=str(file))
    given = str(uuid.uuid4())
    outputs = []
    for _ in range(2):
        result = await case.sdk.finish(
            VM, "begin_run_command", case.group, case.machine, body, request_id=given
        )
        outputs.append(output_of(case, result))
    case.check(outputs[0] == outputs[1] and "counted" in outputs[0], f"the outputs are {outputs}")
    repeat_of = [headers.get("x-sallyport-repeat-of") for _, headers in case.answers("POST")]
    case.check(repeat_of[0] is None and repeat_of[1] is not None, f"x-sallyport-repeat-of is {repeat_of}")
    await case.ran(file)
    received = case.received("POST", case.action_path())
    case.check(received == 1, f"the local Azure received {received} commands instead of 1")


@scenario("another request id is another command", needs_gateway=True)
async def other_id(case):
    file = case.tally_file()
    await run(case, file)
    await run(case, file)
    await case.ran(file, times=2)


@scenario("repeat while the first is under way waits for its answer", needs_gateway=True)
async def under_way(case):
    file = case.tally_file()
    case.azure.fault("slow", case.action_path(), method="POST", milliseconds=1500)
    body = case.sdk.action(case.place.script("tally"), file=str(file))
    given = str(uuid.uuid4())
    both = [
        case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body, request_id=given) for _ in range(2)
    ]
    results = await asyncio.gather(*both)
    case.check(all("counted" in output_of(case, result) for result in results), "an output is missing")
    await case.ran(file)
    case.check(case.received("POST", case.action_path()) == 1, "the repeat reached the local Azure")


@scenario("an impatient SDK sends a create again while the first is under way", needs_gateway=True)
async def impatient(case):
    file = case.tally_file()
    on = Machine()
    case.azure.fault("slow", on.path(case), method="PUT", milliseconds=2500)
    client = case.sdk.make(read_timeout=1)
    body = case.sdk.stored(case.place.script("tally"), {"file": str(file)}, timeout_in_seconds=60)
    made = await case.sdk.finish(
        on.group, "begin_create_or_update", *on.names(case), "hello", body, client=client
    )
    case.check(made.name == "hello", f"the created command is {made}")
    await case.ran(file)
    received = case.received("PUT", on.path(case))
    case.check(received == 1, f"the local Azure received {received} PUTs instead of 1")


@scenario("a caller hangs up and asks again, without a request id", clients=(PLAIN_CLIENT,), needs_gateway=True)
async def hung_up(case):
    file = case.tally_file()
    http = case.http()
    path = case.action_path()
    body = {
        "commandId": "RunShellScript", "script": case.place.script("tally").split("\n"),
        "parameters": [{"name": "file", "value": str(file)}],
    }
    case.azure.fault("slow", path, method="POST", milliseconds=1500)
    await asyncio.to_thread(
        http.request, "POST", case.action_target(), body, until=lambda: case.received("POST", path) == 1
    )
    again = await asyncio.to_thread(http.request, "POST", case.action_target(), body)
    case.check(again.status == 202, f"the repeat is answered {again}")
    case.check("x-sallyport-repeat-of" in again.headers, "the answer says nothing of an earlier request")
    await case.ran(file)
    case.check(case.received("POST", path) == 1, "the repeat reached the local Azure")
    # That answer was delivered: the same once more is a new command.
    third = await asyncio.to_thread(http.request, "POST", case.action_target(), body)
    case.check(third.status == 202 and "x-sallyport-repeat-of" not in third.headers, f"the third: {third}")
    await case.ran(file, times=2)
