# SPDX-License-Identifier: Apache-2.0
"""An agent that is killed again and again while BIRD restarts: it always comes back, and its counters do not fall."""

import random
import signal
import time

from calicolab import Lab
from calicolab.metrics import by, scrape
from calicolab.waiting import eventually
from harness.program import CALIWATCH
from harness.waiting import answers

NODE = "node1"
COUNTERS = (
    "caliwatch_bird_restarts_total",
    "caliwatch_convergence_episodes_total",
    "caliwatch_convergence_duration_seconds_count",
)


def counters(lab):
    text = scrape(lab, NODE)
    found = {
        (name, *key): value
        for name in COUNTERS
        for key, value in by(text, name, "family", *(["outcome"] if "episodes" in name else [])).items()
        for key in [key if isinstance(key, tuple) else (key,)]
    }
    found.update(
        {("flaps", *key): value for key, value in by(text, "caliwatch_bgp_flaps_total", "family", "kind").items()}
    )
    return found


def kill_again_and_again(test, times, seed=1):
    """BIRD, or a peer's, is restarted now and then meanwhile. Returns the last counters."""
    chance = random.Random(seed)
    with Lab(nodes=3, pods=1, families=("ipv4",), agent=CALIWATCH, agent_args=("--poll.interval=100ms",)) as lab:
        last, restarted = {}, 0
        for number in range(times):
            test.assertTrue(_soon(lambda: answers(lab, NODE)), f"the agent came back after kill {number}")
            now = counters(lab)
            for key, value in last.items():
                # What the last poll before the kill added may be lost: it is published and saved in one go, in this
                # order.
                test.assertGreaterEqual(value_or_zero(now, key), value, f"{key} after kill {number}")
            last = {key: max(value, last.get(key, 0)) for key, value in now.items()}
            if chance.random() < 0.3:
                # Of two that fall between two polls nobody can count more than one.
                test.assertTrue(
                    _soon(lambda: restarts(lab) == restarted), f"{restarts(lab)} of {restarted} restarts were counted"
                )
                restarted += 1
                lab.restart_bird(NODE, families=("ipv4",))
            elif chance.random() < 0.2:
                lab.restart_bird("node2", signal.SIGTERM, families=("ipv4",))
            time.sleep(chance.random() * 0.4)
            lab.kill_agent(NODE, signal.SIGKILL)
            lab.start_agent(NODE)
        test.assertTrue(_soon(lambda: answers(lab, NODE)))
        test.assertTrue(
            _soon(lambda: restarts(lab) == restarted), f"{restarts(lab)} of {restarted} restarts were counted"
        )
        return counters(lab)


def restarts(lab):
    return counters(lab)["caliwatch_bird_restarts_total", "ipv4"]


def value_or_zero(values, key):
    return values.get(key, 0)


def _soon(condition):
    return eventually(condition, every=0.02)
