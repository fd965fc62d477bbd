"""The plain reads that az makes, and what the gateway never relays: by plain HTTP, since no SDK here sends them."""

import urllib.parse

from .table import PLAIN_CLIENT, scenario

HTTP = (PLAIN_CLIENT,)
VERSION = "api-version=2022-12-01"


@scenario("metadata for az cloud register, without a token", clients=HTTP, needs_gateway=True)
async def metadata(case):
    from .plain_http import PlainHTTP

    http = PlainHTTP(case.place.gateway, case.place.authority)
    http.exchanges = case.notes
    for path in ("/metadata/endpoints", "//metadata/endpoints"):
        answer = http.request("GET", f"{path}?api-version=2022-09-01", headers={"Accept": "*/*"})
        case.check(answer.status == 200, f"{path} is answered {answer}")
        found = answer.json
        case.check(
            urllib.parse.urlsplit(found["resourceManager"]).netloc == urllib.parse.urlsplit(case.place.gateway).netloc,
            f"resourceManager is {found['resourceManager']}",
        )
        authentication = found["authentication"]
        case.check(authentication["loginEndpoint"].startswith(case.place.simulator), f"login is {authentication}")
        case.check(authentication["audiences"] == ["https://management.azure.com/"], f"audiences: {authentication}")


@scenario("subscriptions are cut to those that a rule names", clients=HTTP, needs_gateway=True)
async def subscriptions(case):
    answer = case.http().request("GET", f"/subscriptions?{VERSION}")
    case.check(answer.status == 200, f"the answer is {answer}")
    ids = [entry["subscriptionId"] for entry in answer.json["value"]]
    case.check(ids == [case.place.subscription], f"the list has {ids}")


@scenario("one subscription, its locations, tenants, a resource group", clients=HTTP)
async def plain_reads(case):
    http = case.http()
    own = f"/subscriptions/{case.place.subscription}"
    answer = http.request("GET", f"{own}?{VERSION}")
    case.check(answer.status == 200 and answer.json["subscriptionId"] == case.place.subscription, f"one: {answer}")
    answer = http.request("GET", f"{own}/locations?{VERSION}")
    names = [entry["name"] for entry in answer.json["value"]] if answer.status == 200 else []
    case.check("westus" in names, f"locations: {answer}")
    answer = http.request("GET", f"/tenants?{VERSION}")
    tenants = [entry["tenantId"] for entry in answer.json["value"]] if answer.status == 200 else []
    case.check(tenants == [case.place.tenant], f"tenants: {answer}")
    answer = http.request("GET", f"{own}/resourcegroups/{case.group}?api-version=2024-11-01")
    case.check(answer.status == 200 and answer.json.get("location") == "eastus", f"resource group: {answer}")


@scenario("another subscription stays unseen", clients=HTTP, needs_gateway=True)
async def other_subscription(case):
    http = case.http()
    other = f"/subscriptions/{case.place.other_subscription}"
    for path in (other, f"{other}/locations", f"{other}/resourcegroups/{case.group}"):
        answer = http.request("GET", f"{path}?{VERSION if 'groups' not in path else 'api-version=2024-11-01'}")
        case.check(
            answer.status == 403 and answer.error.get("code") == "RequestDisallowedByPolicy", f"{path}: {answer}"
        )


@scenario("companion reads of someone whom no rule names", clients=HTTP, needs_gateway=True)
async def nobody(case):
    http = case.http(groups=[])
    for path in ("/subscriptions", f"/subscriptions/{case.place.subscription}", "/tenants"):
        answer = http.request("GET", f"{path}?{VERSION}")
        hidden = answer.status == 403 or (answer.status == 200 and answer.json["value"] == [])
        case.check(hidden and case.place.subscription not in answer.body.decode(), f"{path}: {answer}")


@scenario("register, /batch and acquirePolicyToken are refused with reasons", clients=HTTP, needs_gateway=True)
async def not_mediated(case):
    http = case.http()
    own = f"/subscriptions/{case.place.subscription}"
    requests = {
        f"{own}/providers/Microsoft.Compute/register?api-version=2016-02-01": {},
        "/batch?api-version=2020-06-01": {"requests": []},
        f"{own}/providers/Microsoft.Authorization/acquirePolicyToken?api-version=2025-11-01": {"operation": {}},
    }
    reasons = set()
    for target, body in requests.items():
        answer = http.request("POST", target, body)
        case.check(
            answer.status == 403 and answer.error.get("code") == "OperationNotMediated", f"{target}: {answer}"
        )
        reasons.add(answer.error.get("message"))
        case.check("retry-after" not in answer.headers, "the refusal asks to be tried again")
    case.check(len(reasons) == 3 and all(len(reason or "") > 30 for reason in reasons), f"the reasons are {reasons}")


@scenario("the diagnostic family's POST forms are refused with a reason", clients=HTTP, needs_gateway=True)
async def diagnostic_post(case):
    answer = case.http().request(
        "POST", f"{case.compute}/virtualMachines/{case.machine}/diagnosticRunCommand?api-version=2026-04-01", {}
    )
    case.check(answer.status == 403 and answer.error.get("code") == "OperationNotMediated", f"the answer is {answer}")
    case.check("diagnostic" in answer.error["message"].lower(), f"the reason is {answer.error['message']}")


@scenario("without a token", clients=HTTP)
async def no_token(case):
    http = case.http(token="")
    for target in (case.action_target(), f"/subscriptions?{VERSION}"):
        answer = http.request("GET", target)
        case.check(answer.status == 401 and answer.error.get("code") == "AuthenticationFailed", f"{target}: {answer}")
        case.check(answer.headers.get("www-authenticate", "").startswith("Bearer"), f"{target}: no challenge")
