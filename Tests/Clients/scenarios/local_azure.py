"""Steers the local Azure, and looks at what reached it."""

import json

from .plain_http import PlainHTTP


class LocalAzure:
    """The controls under /simulator."""

    def __init__(self, place):
        self._http = PlainHTTP(place.simulator, place.authority)

    def fault(self, kind, path, method=None, times=1, retry_after=None, taken=True, **more):
        """The next `times` requests whose path and query hold `path` go wrong.

        `taken`: the command runs all the same, which is what makes sending it again dangerous.
        """
        fault = {"kind": kind, "match": {"pathContains": path}, "times": times, "taken": taken, **more}
        if method:
            fault["match"]["method"] = method
        if retry_after is not None:
            fault["retryAfter"] = retry_after
        self._expect(204, self._http.request("POST", "/simulator/faults", fault))

    def received(self, method, path):
        """The requests of this method whose path and query hold `path`, oldest first."""
        answer = self._expect(200, self._http.request("GET", "/simulator/log"))
        lines = [json.loads(line) for line in answer.body.decode().splitlines()]
        return [line for line in lines if line["method"] == method and path.lower() in line["path"].lower()]

    def token(self, **claims):
        """A token with these claims laid over the usual ones of a person."""
        body = {"scp": "user_impersonation", **claims}
        return self._expect(200, self._http.request("POST", "/simulator/token", body)).json["access_token"]

    def _expect(self, status, answer):
        self._http.exchanges.clear()
        if answer.status != status:
            raise AssertionError(f"the local Azure answered {answer}")
        return answer
