# SPDX-License-Identifier: Apache-2.0
"""What the data of fault_findings.py is made of: kinds of labs, who is where in one, and what a fault has to bring
about."""

import dataclasses
from collections.abc import Callable

from calicolab import addressing, tunnels
from calicolab.version import Calico

HOLD_TIME = 6  # seconds, so that silence is noticed soon
LABS = {
    "bird1": {"bird": "1.6.8", "hold_time": HOLD_TIME},
    "bird2": {"bird": "2.0.12", "hold_time": HOLD_TIME},
    "musl": {"bird": "1.6.8", "hold_time": HOLD_TIME, "libc": "musl"},
    "no-status": {"bird": "1.6.8", "hold_time": HOLD_TIME, "endpoint_status": False},
    "markers": {"bird": "1.6.8", "hold_time": HOLD_TIME, "calico": "3.29", "endpoint_status": True},
    "vxlan": {"encap": "vxlan"},
    "ipip": {"encap": "ipip", "bird": "2.0.12", "families": ("ipv4",)},
    "ipip-felix": {"encap": "ipip", "calico": "3.33", "families": ("ipv4",)},  # Felix leads routes by tunl0, not BIRD
}
IPIP = frozenset({"ipip", "ipip-felix"})  # asked about tunnels alone, and where the kernel has IPIP: tunnels_test.py
ALL = frozenset(LABS) - IPIP
WITH_BIRD = ALL - {"vxlan"}
WITH_STATUS = ALL - {"no-status", "markers"}


@dataclasses.dataclass
class Expected:
    """Findings are (node, check, subject).

    must: alarms; effects: what has to be listed below one of them, or may be an alarm for a poll before its cause is;
    remembered: the same, where `caliwatch check` cannot know the cause, since it has not seen how it began;
    may: what else is true of the broken lab, by the reason why; within: seconds until all of must; takes: what no other
    fault may touch meanwhile, since one would hide or undo the other.
    """

    must: set
    effects: set = dataclasses.field(default_factory=set)
    remembered: set = dataclasses.field(default_factory=set)
    may: dict[str, set] = dataclasses.field(default_factory=dict)
    within: float = 8
    takes: set = dataclasses.field(default_factory=set)

    def follows(self):
        """What is no alarm once its cause is one."""
        return self.effects | self.remembered

    def allowed(self):
        return self.must | self.follows() | {finding for findings in self.may.values() for finding in findings}


@dataclasses.dataclass(frozen=True)
class Rule:
    labs: frozenset
    expect: Callable  # (scene, *arguments of the fault) -> Expected
    places: Callable  # (scene) -> the arguments it can be started with
    alone: str = ""  # why it cannot be in force beside others


class Scene:
    """Who is where in a lab while it is healthy."""

    def __init__(self, lab):
        self._rows = {row["name"]: row for row in lab.status()["nodes"]}
        self.nodes = list(self._rows)
        self.families = list(lab.options.families)
        self.encap = lab.options.encap
        self.endpoint_status = lab.options.writes_status and Calico(lab.options.calico).writes_json

    def others(self, node):
        return [name for name in self.nodes if name != node]

    def addresses(self, node):
        return [self._rows[node]["addresses"][family] for family in self.families]

    def octet(self, node):
        return int(self._rows[node]["addresses"][self.families[0]].replace(":", ".").rpartition(".")[2])

    def blocks(self, node):
        return [addressing.block(family, self.octet(node)) for family in self.families]

    def tunnel_addresses(self, node):
        return [addressing.pod_address(family, self.octet(node), 0) for family in self.families]

    def tunnel_devices(self):
        return [name for family, name in tunnels.BY_ENCAP[self.encap].DEVICE.items() if family in self.families]

    def pod(self, node, number=1):
        """{"name", "interface", and its address by family}"""
        return self._rows[node]["pods"][number - 1]

    def pods(self, node):
        return self._rows[node]["pods"]

    def pod_addresses(self, node):
        return [self.pod(node)[family] for family in self.families]

    def gateway_subject(self, node, family):
        """How pod_gateway_unreachable and pod_gateway_wrong_mac call the first pod of a node."""
        return f"{self.pod(node)['name'] if self.endpoint_status else self.pod(node)[family]} {family}"


def findings(node, check, subjects):
    return {(node, check, subject) for subject in subjects}


def each_node(scene):
    return [(node,) for node in scene.nodes]


def each_pair(scene):
    return [(node, other) for node in scene.nodes for other in scene.others(node)]


def pod_of(node):
    return {f"the first pod of {node}"}


def sessions_of(scene, node):
    return {f"the session {' - '.join(sorted((node, other)))}" for other in scene.others(node)}


def session(node, other):
    return {f"the session {' - '.join(sorted((node, other)))}"}
