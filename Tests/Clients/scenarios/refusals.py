"""What is refused, and what the user is shown."""

from .actions import INSTANCE, VM
from .credentials import held
from .managed import Machine
from .table import scenario


def nothing_arrived(case, method, path):
    case.check(case.received(method, path) == 0, "the local Azure received what was refused")


@scenario("refused: a script that nobody approved", needs_gateway=True)
async def other_script(case):
    body = case.sdk.action("whoami")
    error = await case.refused(
        case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body), 403, "RequestDisallowedByPolicy"
    )
    shown = str(error)
    case.check("clients-run" in shown or "script" in shown.lower(), f"the reason is not shown: {shown}")
    case.check(error.error.details, "there are no details")
    nothing_arrived(case, "POST", case.action_path())


@scenario("refused: an approved script with one line more, on an instance", needs_gateway=True)
async def longer_script(case):
    body = case.sdk.action(case.place.script("greet") + "\nid", name="World")
    await case.refused(
        case.sdk.finish(INSTANCE, "begin_run_command", case.group, case.scale_set, "0", body),
        403, "RequestDisallowedByPolicy",
    )
    nothing_arrived(case, "POST", case.scale_set)


@scenario("refused: a parameter's value that the pattern does not have", needs_gateway=True)
async def other_value(case):
    body = case.sdk.action(case.place.script("greet"), name="$(id)")
    await case.refused(
        case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body), 403, "RequestDisallowedByPolicy"
    )
    nothing_arrived(case, "POST", case.action_path())


@scenario("refused: a malformed parameter", needs_gateway=True)
async def malformed(case):
    body = case.sdk.models.RunCommandInput(
        command_id="RunShellScript",
        script=case.place.script("greet").split("\n"),
        parameters=case.sdk.parameters({"not-a-name": "World"}),
    )
    error = await case.refused(
        case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body), 400, "InvalidParameter"
    )
    case.check("parameters[0]" in (error.error.target or "") + str(error), f"where it is wrong is not shown: {error}")
    nothing_arrived(case, "POST", case.action_path())


@scenario("refused: a managed command with a script that nobody approved", needs_gateway=True)
async def other_managed(case):
    on = Machine()
    body = case.sdk.stored("whoami", timeout_in_seconds=60)
    await case.refused(
        case.sdk.finish(on.group, "begin_create_or_update", *on.names(case), "bad", body),
        403, "RequestDisallowedByPolicy",
    )
    nothing_arrived(case, "PUT", on.path(case))


@scenario("refused: a longer time-out than the rule's", needs_gateway=True)
async def too_long(case):
    on = Machine()
    body = case.sdk.stored(case.place.script("greet"), {"name": "World"}, timeout_in_seconds=601)
    await case.refused(
        case.sdk.finish(on.group, "begin_create_or_update", *on.names(case), "bad", body),
        403, "RequestDisallowedByPolicy",
    )


@scenario("refused: a change to another script", needs_gateway=True)
async def other_change(case):
    from .managed import create

    on = Machine()
    await create(case, on)
    await case.refused(
        case.sdk.finish(on.group, "begin_update", *on.names(case), "hello", case.sdk.change("whoami")),
        403, "RequestDisallowedByPolicy",
    )
    nothing_arrived(case, "PATCH", on.path(case))


@scenario("refused: someone whom no rule names: read, list, delete, catalogue", needs_gateway=True)
async def nobody(case):
    on = Machine()
    token = case.azure.token(name="Nobody", groups=[])
    client = case.sdk.make(held(token, case.client.endswith("aio")))
    code = "RequestDisallowedByPolicy"
    await case.refused(case.sdk.call(on.group, on.get, *on.names(case), "hello", client=client), 403, code)
    await case.refused(case.sdk.pages(on.group, on.list, *on.names(case), client=client), 403, code)
    await case.refused(case.sdk.finish(on.group, "begin_delete", *on.names(case), "hello", client=client), 403, code)
    await case.refused(case.sdk.pages(on.group, "list", "westus", client=client), 403, code)
    nothing_arrived(case, "DELETE", on.path(case))


@scenario("refused: a token that is not valid", needs_gateway=True)
async def bad_token(case):
    token = case.azure.token(groups=[case.place.operators], signature="forged")
    client = case.sdk.make(held(token, case.client.endswith("aio")))
    body = case.sdk.action(case.place.script("greet"), name="World")
    await case.refused(
        case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body, client=client),
        401, "AuthenticationFailed",
    )


@scenario("a machine that is not there")
async def no_machine(case):
    body = case.sdk.action(case.place.script("greet"), name="World")
    error = await case.refused(
        case.sdk.finish(VM, "begin_run_command", case.group, f"missing-{case.key}", body), 404, "ResourceNotFound"
    )
    case.check(type(error).__name__ == "ResourceNotFoundError", f"the SDK raised {type(error).__name__}")


@scenario("a machine that is busy")
async def busy(case):
    import asyncio

    first = asyncio.create_task(
        case.sdk.finish(
            VM, "begin_run_command", case.group, case.machine,
            case.sdk.action(case.place.script("pause"), seconds="2"),
        )
    )
    while case.received("POST", case.action_path()) == 0 and not first.done():
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.3)
    body = case.sdk.action(case.place.script("greet"), name="World")
    error = await case.refused(
        case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body), 409, "Conflict"
    )
    case.note(f"the user is shown: {error}")
    # Whose command it is, from the gateway's own record.
    is_told = case.place.is_direct or "CommandInProgress" in str(error)
    case.check(is_told, f"who holds the machine is not shown: {error}")
    await first
