"""What must hold when the gateway ends between two requests; it does where a scenario yields."""

import asyncio
import json
import uuid

from .actions import VM, output_of
from .at_most_once import run
from .table import scenario


@scenario("a repeat after a restart gets the first one's answer", needs_gateway=True, turn="restart")
async def repeat(case):
    file = case.tally_file()
    body = case.sdk.action(case.place.script("tally"), file=str(file))
    given = str(uuid.uuid4())
    await case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body, request_id=given)
    yield
    result = await case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body, request_id=given)
    case.check("counted" in output_of(case, result), "the output is missing")
    _, headers = case.answers("POST")[-1]
    case.check("x-sallyport-repeat-of" in headers, "the answer says nothing of an earlier request")
    await case.ran(file)
    case.check(case.received("POST", case.action_path()) == 1, "the repeat reached the local Azure")


@scenario("an unknown outcome is still one after a restart", needs_gateway=True, turn="restart")
async def unknown(case):
    file = case.tally_file()
    case.azure.fault(500, case.action_path(), method="POST")
    first = await case.refused(run(case, file), 409, "UpstreamOutcomeUnknown")
    yield
    second = await case.refused(run(case, file), 409, "UpstreamOutcomeUnknown")
    request_id = first.response.headers.get("x-ms-request-id")
    case.check(request_id in str(second), f"the earlier request {request_id} is not named: {second}")
    await case.ran(file)
    case.check(case.received("POST", case.action_path()) == 1, "the repeat reached the local Azure")


@scenario("polling goes on after a restart", needs_gateway=True, turn="restart")
async def polling(case):
    http = case.http()
    body = {
        "commandId": "RunShellScript", "script": case.place.script("pause").split("\n"),
        "parameters": [{"name": "seconds", "value": "2"}],
    }
    answer = await asyncio.to_thread(http.request, "POST", case.action_target(), body)
    case.check(answer.status == 202, f"the answer is {answer}")
    yield
    for _ in range(20):
        result = await asyncio.to_thread(http.request, "GET", answer.headers["location"])
        if result.status != 202:
            break
        await asyncio.sleep(0.5)
    case.check(result.status == 200 and b"rested" in result.body, f"the result is {result}")


@scenario("a command that was under way when the gateway was killed", needs_gateway=True, turn="kill")
async def killed(case):
    file = case.tally_file()
    case.azure.fault("slow", case.action_path(), method="POST", milliseconds=8000)
    first = asyncio.create_task(run(case, file))
    while case.received("POST", case.action_path()) == 0 and not first.done():
        await asyncio.sleep(0.1)
    yield
    try:
        await first
        case.check(False, "the first request was answered")
    except AssertionError:
        raise
    except Exception as error:
        case.note(f"the first caller got {json.dumps(str(error))[:300]}")
    await case.refused(run(case, file), 409, "UpstreamOutcomeUnknown")
    await case.ran(file)
    case.check(case.received("POST", case.action_path()) == 1, "the repeat reached the local Azure")
