"""Where everything is: written by run.sh, read by every part."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """The local set-up as run.sh made it."""

    folder: Path  #: of this run; holds the certificates and whatever scenarios put there
    gateway: str  #: https://host:port of the gateway, or of the simulator with --direct
    simulator: str  #: https://host:port of the local Azure
    authority: str  #: PEM file that both certificates lead to
    tenant: str
    subscription: str
    other_subscription: str  #: known to the local Azure, named by no rule
    operators: str  #: object id of the group that may
    client_id: str  #: the service principal that may
    client_secret: str
    policies: Path
    is_direct: bool

    @staticmethod
    def read(path):
        """The place that a JSON file describes."""
        fields = json.loads(Path(path).read_text())
        return Place(**{**fields, "folder": Path(fields["folder"]), "policies": Path(fields["policies"])})

    def script(self, name):
        """The text of an approved script, without its last line end."""
        return (self.policies / "scripts" / f"{name}.sh").read_text().rstrip("\r\n")
