# SPDX-License-Identifier: Apache-2.0
"""Restarts of BIRD on node1 of a small cluster, by name: what is done, and what an observer should see meanwhile."""

from __future__ import annotations

import dataclasses
import signal
import time
from typing import Callable

from calicolab.errors import LabError

NODE = "node1"
_DEAD = {"silent": "10.39.1.101", "refused": "10.39.1.102", "unreachable": "10.39.1.103", "passive": "10.39.1.198"}
_FAMILY = ("ipv4",)


@dataclasses.dataclass
class Scenario:
    """act(trial): does it, and returns BIRD's starts, as the witness tells them."""

    name: str
    text: str
    act: Callable
    options: dict = dataclasses.field(default_factory=dict)
    blockers: tuple = ()
    phase: str = "graceful_restart"  # to be seen while it lasts, where it lasts long enough
    lasts: float = 3  # seconds, about
    counted: int = 1  # restarts that an agent counts


SCENARIOS = {}


def _add(name, text, act, **more):
    SCENARIOS[name] = Scenario(name, text, act, **more)


def find(name):
    if name not in SCENARIOS:
        raise LabError(f"there is no scenario {name!r}; there are: {', '.join(SCENARIOS)}")
    return SCENARIOS[name]


def _restart(number=signal.SIGKILL, recover=True, flush=False):
    def act(trial):
        trial.lab.kill_bird(NODE, number, _FAMILY)
        if flush:
            trial.lab.node(NODE).run(["ip", "-4", "route", "flush", "proto", "bird"])
        time.sleep(0.5)  # runit waits for a second; long enough to be seen
        trial.lab.start_bird(NODE, _FAMILY, recover)
        return [trial.witness.bird_start()]

    return act


def _twice(trial):
    trial.lab.restart_bird(NODE, families=_FAMILY)
    first = trial.witness.bird_start()
    time.sleep(1.2)
    trial.lab.restart_bird(NODE, families=_FAMILY)
    return [first, trial.witness.bird_start()]


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


def _dead(kind, wait=20):
    """wait None: BIRD's own 240 s."""
    return {
        "options": {"peers": [{"address": _DEAD[kind], "dead": kind}], "graceful_restart_wait": wait},
        "blockers": (_DEAD[kind],),
        "lasts": wait or 240,
    }


_add("restart-all-alive", "killed, all peers alive", _restart())
_add("restart-all-alive-bird2", "the same with BIRD 2.0.12", _restart(), options={"bird": "2.0.12"})
_add("restart-by-term", "ended by TERM", _restart(signal.SIGTERM))
_add("restart-without-R", "started without -R: nothing waits", _restart(recover=False), phase="peers")
_add("reboot", "the kernel's table was emptied meanwhile", _restart(flush=True))
_add("restart-twice", "a second restart within the first's episode", _twice, counted=2)
_add("restart-with-agent", "the agent killed and started together with BIRD", _with_agent)
for _kind in _DEAD:
    _add(f"dead-{_kind}", f"a dead peer ({_kind}), graceful restart wait 20", _restart(), **_dead(_kind))
_add("dead-by-term", "a dead peer (silent), ended by TERM, wait 20", _restart(signal.SIGTERM), **_dead("silent"))
_add("dead-reboot", "a dead peer (silent), the table emptied, wait 20", _restart(flush=True), **_dead("silent"))
_add("agent-in-the-middle", "an agent that starts 6 s after BIRD, wait 20", _agent_in_the_middle, counted=0, **_dead("silent"))
for _kind in _DEAD:
    _add(f"long-dead-{_kind}", f"a dead peer ({_kind}), BIRD's own wait of 240 s", _restart(), **_dead(_kind, None))
_add("long-dead-reboot", "a dead peer (silent), the table emptied, 240 s", _restart(flush=True), **_dead("silent", None))
