"""Azure took the command, and its answer is none: the SDK's own retries must not run it again."""

from .actions import VM, output_of
from .managed import Machine, create
from .table import scenario

#: What goes wrong after Azure took the command. The gateway's deadline is a few seconds, see run.sh.
FAULTS = {
    "500": {"kind": 500},
    "503 with Retry-After": {"kind": 503, "retry_after": 1},
    "504": {"kind": 504},
    "time-out": {"kind": "hang"},
    "cut connection": {"kind": "cut"},
    "garbage": {"kind": "garbage"},
}


async def run(case, file):
    """POST runCommand."""
    body = case.sdk.action(case.place.script("tally"), file=str(file))
    return await case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body)


async def put(case, file):
    """PUT of a managed command."""
    on = Machine()
    body = case.sdk.stored(case.place.script("tally"), {"file": str(file)}, timeout_in_seconds=60)
    return await case.sdk.finish(on.group, "begin_create_or_update", *on.names(case), "hello", body)


async def patch(case, file):
    """PATCH of a managed command."""
    on = Machine()
    body = case.sdk.change(case.place.script("tally"), {"file": str(file)}, timeout_in_seconds=60)
    return await case.sdk.finish(on.group, "begin_update", *on.names(case), "hello", body)


async def once(case, perform, method, path, fault):
    file = case.tally_file()
    if perform is patch:
        await create(case, Machine())
    case.azure.fault(path=path, method=method, **fault)
    error = await case.refused(perform(case, file), 409, "UpstreamOutcomeUnknown")
    case.note(f"the user is shown: {error}")
    await case.ran(file)
    received = case.received(method, path)
    case.check(received == 1, f"the local Azure received {received} commands instead of 1")


def declare(perform, method, path, fault_name, fault):
    @scenario(f"at most once: {perform.__name__}, {fault_name}", needs_gateway=True)
    async def at_most_once(case):
        await once(case, perform, method, path(case), fault)


for fault_name, fault in FAULTS.items():
    declare(run, "POST", lambda case: case.action_path(), fault_name, fault)
for fault_name in ("500", "503 with Retry-After", "time-out", "cut connection"):
    declare(put, "PUT", lambda case: Machine().path(case), fault_name, FAULTS[fault_name])
    declare(patch, "PATCH", lambda case: Machine().path(case), fault_name, FAULTS[fault_name])


@scenario("control: past the gateway, the SDK's retries of a 500 run the script again")
async def control(case):
    file = case.tally_file()
    client = case.sdk.make(base_url=case.place.simulator)
    case.azure.fault(500, case.action_path(), method="POST", times=4)
    body = case.sdk.action(case.place.script("tally"), file=str(file))
    await case.refused(
        case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body, client=client),
        500, "InternalServerError",
    )
    received = case.received("POST", case.action_path())
    case.check(received == 4, f"the local Azure received {received} commands instead of 4")
    case.check(case.count(file) >= 2, f"the script ran {case.count(file)} times")


@scenario("at most once: the user repeats an unknown outcome by hand, then says so", needs_gateway=True)
async def by_hand(case):
    file = case.tally_file()
    case.azure.fault(500, case.action_path(), method="POST")
    first = await case.refused(run(case, file), 409, "UpstreamOutcomeUnknown")
    request_id = first.response.headers.get("x-ms-request-id")
    await case.ran(file)
    second = await case.refused(run(case, file), 409, "UpstreamOutcomeUnknown")
    case.check(request_id in str(second), f"the earlier request {request_id} is not named: {second}")
    case.check(case.received("POST", case.action_path()) == 1, "the repeat reached the local Azure")
    body = case.sdk.action(case.place.script("tally"), file=str(file))
    text = output_of(
        case,
        await case.sdk.finish(
            VM, "begin_run_command", case.group, case.machine, body, headers={"x-sallyport-repeat": request_id}
        ),
    )
    case.check("counted" in text, f"the output is: {text}")
    await case.ran(file, times=2)
