# SPDX-License-Identifier: Apache-2.0
"""Restarts of BIRD on node1 of a small cluster, by name: what is done, and what an observer should see meanwhile."""

from __future__ import annotations

import dataclasses
import signal
import time
from collections.abc import Callable

from calicolab.addressing import family_of, host_address
from calicolab.errors import LabError
from calicolab.options import FAMILIES

NODE = "node1"
_DEAD = {"silent": "10.39.1.101", "refused": "10.39.1.102", "unreachable": "10.39.1.103", "passive": "10.39.1.198"}
_DEAD_IPV6 = "fd39:1::101"
_FLAG = {"ipv4": "-4", "ipv6": "-6"}


@dataclasses.dataclass
class Scenario:
    """act(trial): does it, and returns BIRD's starts by family, as the witnesses tell them."""

    name: str
    text: str
    act: Callable
    options: dict = dataclasses.field(default_factory=dict)
    families: tuple = ("ipv4",)  # whose BIRD restarts
    blockers: tuple = ()
    lasts: float = 3  # seconds, about, for the family of the blockers
    counted: int = 1  # restarts that an agent counts
    phases_within: float = 1.0  # seconds; more where the agent itself starts meanwhile, and has no events of before

    def blockers_of(self, family):
        return {address for address in self.blockers if family_of(address) == family}


SCENARIOS = {}


def _add(name, text, act, **more):
    SCENARIOS[name] = Scenario(name, text, act, **more)


def find(name):
    if name not in SCENARIOS:
        raise LabError(f"there is no scenario {name!r}; there are: {', '.join(SCENARIOS)}")
    return SCENARIOS[name]


def _restart(number=signal.SIGKILL, recover=True, flush=False):
    def act(trial):
        trial.lab.kill_bird(NODE, number, trial.scenario.families)
        for family in trial.scenario.families if flush else ():
            trial.lab.node(NODE).run(["ip", _FLAG[family], "route", "flush", "proto", "bird"])
        time.sleep(0.5)  # runit waits for a second; long enough to be seen
        trial.lab.start_bird(NODE, trial.scenario.families, recover)
        return _starts(trial)

    return act


def _starts(trial):
    return {family: [witness.bird_start()] for family, witness in trial.witnesses.items()}


def _twice(between):
    def act(trial):
        starts = _restart()(trial)
        time.sleep(between)
        again = _restart()(trial)
        return {family: starts[family] + again[family] for family in starts}

    return act


def _with_agent(trial):
    trial.lab.kill_agent(NODE, signal.SIGKILL)
    starts = _restart()(trial)
    trial.lab.start_agent(NODE)
    return starts


def _agent_in_the_middle(trial):
    """One that knows nothing from before."""
    trial.lab.kill_agent(NODE, signal.SIGKILL)
    trial.lab.node(NODE).run(["sh", "-c", 'rm "$CALICO_RUN_DIR/../agent-state.json"'])
    starts = _restart()(trial)
    time.sleep(6)
    trial.lab.start_agent(NODE)
    return starts


def _agent_restarted_in_the_middle(trial):
    """It finds the open episode in its state file."""
    starts = _restart()(trial)
    time.sleep(4)
    trial.lab.kill_agent(NODE, signal.SIGKILL)
    time.sleep(2)
    trial.lab.start_agent(NODE)
    return starts


def _forgotten(trial):
    """A node without power holds it up until the cluster forgets the node, as `kubectl delete node` makes it."""
    trial.lab.fault("kill-node", "node2")
    starts = _restart()(trial)
    trial.watch_half_time(starts)
    time.sleep(6)
    trial.lab.remove_node("node2")
    trial.witnesses["ipv4"].forget(host_address("ipv4", 12))
    return starts


def _dead(kind, wait=20):
    """wait None: BIRD's own 240 s."""
    return {
        "options": {"peers": [{"address": _DEAD[kind], "dead": kind}], "graceful_restart_wait": wait},
        "blockers": (_DEAD[kind],),
        "lasts": wait or 240,
    }


def _of(version, scenario):
    return {**scenario, "options": {**scenario.get("options", {}), "bird": version}}


_BOTH = {"families": FAMILIES, "options": {"families": FAMILIES}}
_DEAD_IN_IPV6 = {
    "families": FAMILIES,
    "options": {
        "families": FAMILIES,
        "peers": [{"address": _DEAD_IPV6, "dead": "silent"}],
        "graceful_restart_wait": 20,
    },
    "blockers": (_DEAD_IPV6,),
    "lasts": 20,
}

_add("restart-all-alive", "killed, all peers alive", _restart())
_add("restart-all-alive-bird2", "the same with BIRD 2.0.12", _restart(), **_of("2.0.12", {}))
_add("restart-by-term", "ended by TERM", _restart(signal.SIGTERM))
_add("restart-without-R", "started without -R: nothing waits", _restart(recover=False))
_add("reboot", "the kernel's table was emptied meanwhile", _restart(flush=True))
_add("restart-twice", "a second restart within the first's episode", _twice(0.7), counted=2)
_add("restart-with-agent", "the agent killed and started together with BIRD", _with_agent, phases_within=2.0)
_add("dual-reboot", "both families, the tables emptied meanwhile", _restart(flush=True), **_BOTH)
_add("dual-reboot-bird2", "the same with BIRD 2.0.12", _restart(flush=True), **_of("2.0.12", _BOTH))
_add("dual-only-ipv6", "BIRD for IPv6 alone", _restart(), options=_BOTH["options"], families=("ipv6",))
for _kind in _DEAD:
    _add(f"dead-{_kind}", f"a dead peer ({_kind}), graceful restart wait 20", _restart(), **_dead(_kind))
_add("dead-silent-bird2", "a dead peer (silent), BIRD 2.0.12, wait 20", _restart(), **_of("2.0.12", _dead("silent")))
_add("dead-by-term", "a dead peer (silent), ended by TERM, wait 20", _restart(signal.SIGTERM), **_dead("silent"))
_add("dead-reboot", "a dead peer (silent), the table emptied, wait 20", _restart(flush=True), **_dead("silent"))
_add("dead-in-ipv6", "a dead IPv6 peer, both tables emptied, wait 20", _restart(flush=True), **_DEAD_IN_IPV6)
_add("dead-in-ipv6-bird2", "the same with BIRD 2.0.12", _restart(flush=True), **_of("2.0.12", _DEAD_IN_IPV6))
_add(
    "dead-twice",
    "a dead peer (silent), a second restart 6 s after the first, wait 20",
    _twice(6),
    counted=2,
    **{**_dead("silent"), "lasts": 26.5},
)
_add(
    "dead-with-agent",
    "a dead peer (silent), the agent killed and started with BIRD, wait 20",
    _with_agent,
    **_dead("silent"),
)
_add(
    "agent-in-the-middle",
    "an agent that starts 6 s after BIRD, wait 20",
    _agent_in_the_middle,
    counted=0,
    **_dead("silent"),
)
_add(
    "agent-restarted",
    "the agent is killed 4 s after BIRD's start, back at 6 s, wait 20",
    _agent_restarted_in_the_middle,
    **_dead("silent"),
)
_add(
    "dead-forgotten",
    "a node without power, removed from the cluster after some seconds",
    _forgotten,
    blockers=(host_address("ipv4", 12),),
    lasts=14,
)
for _kind in _DEAD:
    _add(f"long-dead-{_kind}", f"a dead peer ({_kind}), BIRD's own wait of 240 s", _restart(), **_dead(_kind, None))
_add(
    "long-dead-reboot", "a dead peer (silent), the table emptied, 240 s", _restart(flush=True), **_dead("silent", None)
)
_add(
    "long-dead-silent-bird2",
    "a dead peer (silent), BIRD 2.0.12, 240 s",
    _restart(),
    **_of("2.0.12", _dead("silent", None)),
)
