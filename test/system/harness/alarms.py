# SPDX-License-Identifier: Apache-2.0
"""A lab's agents, scraped by a real Prometheus, and what of them reaches a webhook with the shipped rules, routes and
inhibitions. All waits are shortened."""

import time

from calicolab.waiting import eventually
from harness.monitoring import Monitoring, rules

SLOW = 10  # seconds, for the minute of a slow convergence
QUIET = 20  # seconds; more than it takes until a session that is down would be told of, too
TARGETS = {f"10.39.2.{10 + number}:10179": f"node{number}" for number in range(1, 5)}


class Alarms:
    """What came since forget(), of a lab of four nodes: {(alert, node)}. They are scraped by addresses that are not
    those of their sessions: a node that lost one of these still tells so. Ends with close()."""

    def __init__(self, lab, faster=20):
        lab.node("monitor").run(["ip", "address", "add", "10.39.2.2/24", "dev", "eth0"])
        for target, node in TARGETS.items():
            lab.node(node).run(["ip", "address", "add", target.replace(":10179", "/24"), "dev", "eth0"])
        self._monitoring = Monitoring(lab, list(TARGETS), rules(faster, SLOW), faster)
        self.close = self._monitoring.close
        self.broken, self._before = None, 0

    def await_scraped(self):
        up = lambda: (self._monitoring.ask("query?query=up==1") or {}).get("result", [])
        if not eventually(lambda: len(up()) == len(TARGETS), timeout=40):
            raise AssertionError("Prometheus does not get at every agent")

    def forget(self):
        self._before = len(self._monitoring.notifications())

    def _news(self):
        return self._monitoring.notifications()[self._before :]

    def alerts(self):
        return [alert for _, _, alert in self._news()]

    def told(self, status):
        return {_name(alert) for _, is_now, alert in self._news() if is_now == status}

    def await_firing(self, expected, timeout=90):
        """And for so long after the last of them that all else would have come, too."""
        eventually(lambda: expected <= self.told("firing"), timeout)
        came = [at for at, status, alert in self._news() if status == "firing" and _name(alert) in expected]
        time.sleep(max(0, max(came, default=0) + QUIET - time.time()))
        self.broken = self.told("firing")

    def await_resolved(self, expected, timeout=90):
        eventually(lambda: expected <= self.told("resolved"), timeout)

    def assert_told(self, test, expected, resolved=True):
        """These and no others; the alerts."""
        test.assertEqual(self.broken, expected)
        test.assertEqual(self.told("firing"), expected, "nothing comes when it is healed")
        test.assertEqual(self.told("resolved"), expected if resolved else set())
        return self.alerts()


def _name(alert):
    return alert["labels"]["alertname"], TARGETS.get(alert["labels"].get("instance"))


def alone(alert, node):
    return {(f"Caliwatch{alert}", node)}


def ways(alerts):
    """{(severity, receiver)}"""
    return {(alert["labels"]["severity"], alert["receiver"]) for alert in alerts}
