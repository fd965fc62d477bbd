"""Managed commands: create, get, list, update, delete, on machines and on instances of scale sets."""

import asyncio
import time

from .table import scenario


class Machine:
    """The methods for commands of a machine."""

    group, get, list = "virtual_machine_run_commands", "get_by_virtual_machine", "list_by_virtual_machine"

    def names(self, case):
        return case.group, case.machine

    def path(self, case):
        return f"/virtualMachines/{case.machine}/runCommands"


class Instance(Machine):
    """The methods for commands of a scale set's instance."""

    group, get, list = "virtual_machine_scale_set_vm_run_commands", "get", "list"

    def names(self, case):
        return case.group, case.scale_set, "0"

    def path(self, case):
        return f"/virtualMachineScaleSets/{case.scale_set}/virtualMachines/0/runCommands"


async def create(case, on, name="hello", client=None, **options):
    body = case.sdk.stored(case.place.script("greet"), {"name": "World"}, timeout_in_seconds=60)
    return await case.sdk.finish(
        on.group, "begin_create_or_update", *on.names(case), name, body, client=client, **options
    )


async def whole_life(case, on):
    """From the PUT to the 404 after the DELETE."""
    made = await create(case, on)
    case.check(made.name == "hello", f"the created command is named {made.name}")
    case.check(made.provisioning_state == "Succeeded", f"provisioningState is {made.provisioning_state}")

    got = await case.sdk.call(on.group, on.get, *on.names(case), "hello", expand="instanceView")
    view = got.instance_view
    case.check(view is not None, "there is no instance view")
    case.check(view.execution_state == "Succeeded" and view.exit_code == 0, f"it ended {view.execution_state}")
    case.check("Hello, World!" in view.output, f"the output is: {view.output}")
    case.check(got.source.script.rstrip("\n") == case.place.script("greet"), "another script came back")

    change = case.sdk.change(case.place.script("greet"), {"name": "Moon"})
    changed = await case.sdk.finish(on.group, "begin_update", *on.names(case), "hello", change)
    case.check(changed.parameters[0].value == "Moon", f"the change did not arrive: {changed.parameters[0].value}")
    got = await case.sdk.call(on.group, on.get, *on.names(case), "hello", expand="instanceView")
    case.check("Hello, Moon!" in got.instance_view.output, f"the output is: {got.instance_view.output}")

    pages = await case.sdk.pages(on.group, on.list, *on.names(case))
    case.check([command.name for page in pages for command in page] == ["hello"], f"the list is {pages}")

    await case.sdk.finish(on.group, "begin_delete", *on.names(case), "hello")
    error = await case.refused(
        case.sdk.call(on.group, on.get, *on.names(case), "hello"), 404, "ResourceNotFound"
    )
    case.check(type(error).__name__ == "ResourceNotFoundError", f"the SDK raised {type(error).__name__}")
    case.check(case.received("PUT", on.path(case)) == 1, "the local Azure received not exactly one PUT")
    case.check(case.received("PATCH", on.path(case)) == 1, "the local Azure received not exactly one PATCH")


async def several_pages(case, on):
    """Five commands, two on a page."""
    names = [f"c{number}" for number in range(5)]
    for name in names:
        await create(case, on, name)
    pages = await case.sdk.pages(on.group, on.list, *on.names(case))
    case.check([len(page) for page in pages] == [2, 2, 1], f"the pages have {[len(page) for page in pages]} commands")
    case.check([command.name for page in pages for command in page] == names, "commands are missing or out of order")
    pages = await case.sdk.pages(on.group, on.list, *on.names(case), expand="instanceView")
    outputs = [command.instance_view.output for page in pages for command in page]
    case.check(len(outputs) == 5 and all("Hello" in text for text in outputs), f"the outputs are {outputs}")


@scenario("managed on a machine: create, get, update, list, delete, get")
async def machine_life(case):
    await whole_life(case, Machine())


@scenario("managed on an instance: create, get, update, list, delete, get")
async def instance_life(case):
    await whole_life(case, Instance())


@scenario("managed list in pages, machine")
async def machine_pages(case):
    await several_pages(case, Machine())


@scenario("managed list in pages, instance")
async def instance_pages(case):
    await several_pages(case, Instance())


@scenario("managed create of one that exists")
async def replace(case):
    on = Machine()
    await create(case, on)
    body = case.sdk.stored(case.place.script("greet"), {"name": "Mars"}, timeout_in_seconds=60)
    made = await case.sdk.finish(on.group, "begin_create_or_update", *on.names(case), "hello", body)
    case.check(made.parameters[0].value == "Mars", "the second PUT did not replace the first")


@scenario("managed create without a time-out gets the rule's", needs_gateway=True)
async def time_out_written(case):
    on = Machine()
    body = case.sdk.stored(case.place.script("greet"), {"name": "World"})
    made = await case.sdk.finish(on.group, "begin_create_or_update", *on.names(case), "hello", body)
    case.check(made.timeout_in_seconds == 600, f"timeoutInSeconds is {made.timeout_in_seconds}")


@scenario("managed create with a protected parameter")
async def protected(case):
    on = Machine()
    # run.sh looks for this value in the record and the log at the end.
    secret = case.sdk.parameters({"token": "PlantedSecret-4711"})
    made = await case.sdk.finish(
        on.group, "begin_create_or_update", *on.names(case), "hello",
        case.sdk.stored(
            case.place.script("greet"), {"name": "World"}, timeout_in_seconds=60, protected_parameters=secret
        ),
    )
    case.check(not made.protected_parameters, "the secret came back")


@scenario("managed create that fails as a deployment")
async def failed_deployment(case):
    on = Machine()
    body = case.sdk.stored(
        case.place.script("broken"), timeout_in_seconds=60, treat_failure_as_deployment_failure=True
    )
    from azure.core.exceptions import HttpResponseError

    try:
        await case.sdk.finish(on.group, "begin_create_or_update", *on.names(case), "hello", body)
    except HttpResponseError as error:
        case.check("VMRunCommandExecutionFailed" in str(error), f"the user is shown: {error}")
    else:
        case.check(False, "the failure was not shown")
    got = await case.sdk.call(on.group, on.get, *on.names(case), "hello", expand="instanceView")
    case.check(got.instance_view.exit_code == 3, f"the exit code is {got.instance_view.exit_code}")


@scenario("managed delete stops what runs")
async def delete_running(case):
    on = Machine()
    body = case.sdk.stored(case.place.script("pause"), {"seconds": "20"}, timeout_in_seconds=60)
    creating = asyncio.create_task(
        case.sdk.finish(on.group, "begin_create_or_update", *on.names(case), "hello", body)
    )
    while case.received("PUT", on.path(case)) == 0 and not creating.done():
        await asyncio.sleep(0.2)
    await asyncio.sleep(0.5)
    began = time.monotonic()
    results = await asyncio.gather(
        case.sdk.finish(on.group, "begin_delete", *on.names(case), "hello"), creating, return_exceptions=True
    )
    if isinstance(results[0], Exception):
        raise results[0]
    case.check(time.monotonic() - began < 15, "the command ran on")
    case.check(isinstance(results[1], Exception), "the create succeeded although its command was deleted")
    case.note(f"the create ended: {results[1]}")
    await case.refused(case.sdk.call(on.group, on.get, *on.names(case), "hello"), 404, "ResourceNotFound")


@scenario("managed get of a command that is not there")
async def get_absent(case):
    on = Machine()
    await case.refused(case.sdk.call(on.group, on.get, *on.names(case), "nothing"), 404, "ResourceNotFound")


@scenario("managed delete of a command that is not there")
async def delete_absent(case):
    on = Machine()
    await case.sdk.finish(on.group, "begin_delete", *on.names(case), "nothing")
