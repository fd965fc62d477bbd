"""HTTP without any client library: for what no SDK sends, and for the controls of the local Azure."""

import http.client
import json
import ssl
import time
import urllib.parse


class PlainAnswer:
    """Status, headers without case, body."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """`error` of ARM's envelope, or an empty object."""
        try:
            found = self.json.get("error")
        except (ValueError, AttributeError):
            found = None
        return found if isinstance(found, dict) else {}

    def __str__(self):
        return f"{self.status} {self.body[:600].decode('utf-8', 'replace')}"


class PlainHTTP:
    """One request a connection, over TLS, nothing followed, nothing repeated."""

    def __init__(self, base, authority, token=None):
        parts = urllib.parse.urlsplit(base)
        self._host, self._port = parts.hostname, parts.port
        self._context = ssl.create_default_context(cafile=authority)
        self._token = token
        #: What was said, for the report of a failure.
        self.exchanges = []

    def request(self, method, target, body=None, headers=None, until=None):
        """Sends it and reads the answer. A dict is sent as JSON.

        `target` is a path with its query, or a URL of this host.
        With `until`, it waits for that to come true and hangs up instead of reading the answer.
        """
        if target.startswith("https://"):
            parts = urllib.parse.urlsplit(target)
            if (parts.hostname, parts.port) != (self._host, self._port):
                raise AssertionError(f"a link leads away from the gateway: {target[:200]}")
            target = parts.path + (f"?{parts.query}" if parts.query else "")
        sent = {"Accept": "application/json", "User-Agent": "sallyport-clients"}
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        connection = http.client.HTTPSConnection(self._host, self._port, timeout=30, context=self._context)
        try:
            connection.request(method, target, data, sent)
            if until:
                while not until():
                    time.sleep(0.1)
                self.exchanges.append(f"{method} {target[:300]} -> hung up")
                return None
            response = connection.getresponse()
            answer = PlainAnswer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()
        self.exchanges.append(f"{method} {target[:300]} -> {answer}")
        return answer
