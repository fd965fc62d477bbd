"""The action: POST runCommand, polled to its end."""

from .credentials import held
from .table import scenario

VM = "virtual_machines"
INSTANCE = "virtual_machine_scale_set_vms"


def output_of(case, result):
    case.check(result is not None and result.value, f"no result came: {result}")
    return result.value[0].message


@scenario("action on a machine")
async def on_machine(case):
    body = case.sdk.action(case.place.script("greet"), name="World")
    text = output_of(case, await case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body))
    case.check("Hello, World!" in text and "error stream" in text, f"the output is: {text}")
    case.check(case.received("POST", case.action_path()) == 1, "the local Azure received it more than once")


@scenario("action on an instance of a scale set")
async def on_instance(case):
    body = case.sdk.action(case.place.script("greet"), name="World")
    text = output_of(case, await case.sdk.finish(INSTANCE, "begin_run_command", case.group, case.scale_set, "0", body))
    case.check("Hello, World!" in text, f"the output is: {text}")


@scenario("action, the script as one string")
async def one_string(case):
    body = case.sdk.models.RunCommandInput(
        command_id="RunShellScript",
        script=[case.place.script("greet") + "\n"],
        parameters=case.sdk.parameters({"name": "World"}),
    )
    text = output_of(case, await case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body))
    case.check("Hello, World!" in text, f"the output is: {text}")


@scenario("action, a built-in command")
async def built_in(case):
    body = case.sdk.action(command_id="ifconfig")
    text = output_of(case, await case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body))
    case.check("inet " in text, f"the output is: {text}")


@scenario("action, as a person with a token of their own")
async def as_person(case):
    token = case.azure.token(name="Olivia Operator", groups=[case.place.operators])
    client = case.sdk.make(held(token, case.client.endswith("aio")))
    body = case.sdk.action(case.place.script("greet"), name="World")
    text = output_of(
        case, await case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body, client=client)
    )
    case.check("Hello, World!" in text, f"the output is: {text}")


@scenario("action that takes some polls")
async def some_polls(case):
    body = case.sdk.action(case.place.script("pause"), seconds="2")
    text = output_of(case, await case.sdk.finish(VM, "begin_run_command", case.group, case.machine, body))
    case.check("rested" in text, f"the output is: {text}")
    polls = len(case.answers("GET"))
    case.check(polls >= 2, f"it was polled {polls} times")
