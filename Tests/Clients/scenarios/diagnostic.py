"""The diagnostic family, which only the newest SDK has."""

from .table import scenario

NEW = ("39", "39-aio")


class OnMachine:
    group, get, list = (
        "virtual_machine_diagnostic_run_commands", "get_by_virtual_machine", "diagnostic_list_by_virtual_machine",
    )

    def names(self, case):
        return case.group, case.machine


class OnInstance:
    group, get, list = "virtual_machine_scale_set_vm_diagnostic_run_commands", "get", "diagnostic_list"

    def names(self, case):
        return case.group, case.scale_set, "0"


async def whole_life(case, on):
    models = case.sdk.models
    properties = models.VirtualMachineRunCommandProperties(
        source=models.VirtualMachineRunCommandScriptSource(command_id="FleetDiagnosticsWindows"), timeout_in_seconds=60
    )
    body = models.VirtualMachineDiagnosticRunCommand(location="westus", properties=properties)
    await case.sdk.finish(on.group, "begin_create_or_update", *on.names(case), "probe", body)
    got = await case.sdk.call(on.group, on.get, *on.names(case), "probe", expand="instanceView")
    case.check(got.name == "probe", f"the command is named {got.name}")
    case.check(got.properties.instance_view is not None, "there is no instance view")
    change = models.VirtualMachineRunCommandUpdate(
        source=models.VirtualMachineRunCommandScriptSource(command_id="FleetDiagnosticsWindows"), timeout_in_seconds=90
    )
    await case.sdk.finish(on.group, "begin_update", *on.names(case), "probe", change)
    got = await case.sdk.call(on.group, on.get, *on.names(case), "probe")
    case.check(got.properties.timeout_in_seconds == 90, f"the change did not arrive: {got.as_dict()}")
    pages = await case.sdk.pages(on.group, on.list, *on.names(case))
    case.check([command.name for page in pages for command in page] == ["probe"], f"the list is {pages}")
    await case.sdk.finish(on.group, "begin_delete", *on.names(case), "probe")
    await case.refused(case.sdk.call(on.group, on.get, *on.names(case), "probe"), 404, "ResourceNotFound")


@scenario("diagnostic on a machine: create, get, update, list, delete, get", clients=NEW)
async def machine_life(case):
    await whole_life(case, OnMachine())


@scenario("diagnostic on an instance: create, get, update, list, delete, get", clients=NEW)
async def instance_life(case):
    await whole_life(case, OnInstance())


@scenario("diagnostic, a script that is only approved for the standard family", clients=NEW, needs_gateway=True)
async def not_its_family(case):
    models = case.sdk.models
    properties = models.VirtualMachineRunCommandProperties(
        source=models.VirtualMachineRunCommandScriptSource(script=case.place.script("greet")),
        parameters=case.sdk.parameters({"name": "World"}),
        timeout_in_seconds=60,
    )
    body = models.VirtualMachineDiagnosticRunCommand(location="westus", properties=properties)
    on = OnMachine()
    await case.refused(
        case.sdk.finish(on.group, "begin_create_or_update", *on.names(case), "probe", body),
        403, "RequestDisallowedByPolicy",
    )
