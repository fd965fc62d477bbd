"""The location documents."""

from .table import scenario

GROUP = "virtual_machine_run_commands"


@scenario("catalogue: list and get")
async def documents(case):
    pages = await case.sdk.pages(GROUP, "list", "westus")
    ids = [document.id for page in pages for document in page]
    case.check("RunShellScript" in ids and len(ids) >= 10, f"the list is {ids}")
    document = await case.sdk.call(GROUP, "get", "westus", "RunShellScript")
    case.check(document.os_type == "Linux" and document.script, f"the document is {document.as_dict()}")
    case.check([parameter.name for parameter in document.parameters] == ["arg1", "arg2"], "parameters are missing")


@scenario("catalogue: a command that no location has")
async def unknown(case):
    await case.refused(case.sdk.call(GROUP, "get", "westus", "NoSuchCommand"), 404, "NotFound")
