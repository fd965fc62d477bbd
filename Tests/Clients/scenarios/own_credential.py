"""Azure refuses the gateway's own token, which proves that nothing ran.

One client and nothing beside it: while the gateway holds back from asking for tokens, it can forward nobody's commands.
"""

from .at_most_once import run
from .table import scenario


@scenario("Azure refuses the gateway's token once", clients=("39",), needs_gateway=True, turn="alone")
async def own_token(case):
    yield
    file = case.tally_file()
    case.azure.fault(401, case.action_path(), method="POST", taken=False)
    await run(case, file)
    await case.ran(file)
    case.check([status for status, _ in case.answers("POST")] == [202], "the SDK saw the refusal")


@scenario(
    "Azure keeps refusing the gateway's token: the SDK tries again in vain",
    clients=("39",), needs_gateway=True, turn="alone",
)
async def own_token_for_ever(case):
    yield
    file = case.tally_file()
    case.azure.fault(401, case.action_path(), method="POST", taken=False, times=40)
    error = await case.refused(run(case, file), 503, "UpstreamUnavailable")
    case.check("Retry-After" in error.response.headers, "the refusal does not say when to try again")
    case.check(case.count(file) == 0, "the script ran")
