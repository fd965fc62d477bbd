"""Links belong to whom they were given."""

from .table import PLAIN_CLIENT, scenario

HTTP = (PLAIN_CLIENT,)


def greet(case):
    return {
        "commandId": "RunShellScript", "script": case.place.script("greet").split("\n"),
        "parameters": [{"name": "name", "value": "World"}],
    }


@scenario("a polling link is short, the gateway's own, and only its caller's", clients=HTTP, needs_gateway=True)
async def polling(case):
    http = case.http()
    answer = http.request("POST", case.action_target(), greet(case))
    case.check(answer.status == 202, f"the answer is {answer}")
    for name in ("location", "azure-asyncoperation"):
        link = answer.headers.get(name, "")
        case.check(link.startswith(f"{case.place.gateway}/subscriptions/") and len(link) < 400, f"{name} is {link}")
        other = case.http(oid="5a1170e4-0000-4000-8000-0000000000c7").request("GET", link)
        case.check(other.status == 404 and other.error.get("code") == "OperationNotFound", f"another caller: {other}")
        case.check(http.request("GET", link).status in (200, 202), f"{name} does not work")


@scenario("a page link works for its list and caller alone", clients=HTTP, needs_gateway=True)
async def pages(case):
    import asyncio

    http = case.http()
    version = "api-version=2024-11-01"
    machines = [case.machine, f"{case.machine}-b"]
    for machine in machines:
        for number in range(3):
            body = {
                "location": "westus",
                "properties": {
                    "source": {"script": case.place.script("greet")}, "timeoutInSeconds": 60,
                    "parameters": [{"name": "name", "value": "World"}],
                },
            }
            target = f"{case.compute}/virtualMachines/{machine}/runCommands/c{number}?{version}"
            answer = await asyncio.to_thread(http.request, "PUT", target, body)
            case.check(answer.status in (200, 201), f"the create is answered {answer}")
    answer = http.request("GET", f"{case.compute}/virtualMachines/{machines[0]}/runCommands?{version}")
    case.check(answer.status == 200 and len(answer.json["value"]) == 2, f"the list is {answer}")
    link = answer.json.get("nextLink") or ""
    case.check(link.startswith(f"{case.place.gateway}/subscriptions/"), f"nextLink is {link}")
    rest = http.request("GET", link, headers={"Accept": "*/*"})
    case.check(rest.status == 200 and [entry["name"] for entry in rest.json["value"]] == ["c2"], f"page 2: {rest}")

    other = case.http(oid="5a1170e4-0000-4000-8000-0000000000c7").request("GET", link)
    case.check(other.status in (400, 403, 404), f"another caller: {other}")
    crossed = http.request("GET", link.replace(machines[0], machines[1]))
    case.check(crossed.status in (400, 403, 404), f"another list: {crossed}")
    newer = http.request("GET", link.replace("2024-11-01", "2025-04-01"))
    case.check(newer.status in (400, 403, 404), f"another version: {newer}")
    changed = http.request("GET", link[:-4] + ("AAAA" if not link.endswith("AAAA") else "BBBB"))
    case.check(changed.status in (400, 403, 404), f"a changed link: {changed}")
