# SPDX-License-Identifier: Apache-2.0
"""What Prometheus would have scraped from a whole cluster over an hour, for promtool: a full mesh of nodes, healthy but
for what a test does to it. Times are in minutes."""

from harness.documents import yaml

STEP = 30  # seconds between scrapes
MINUTES = 60
_STEPS = MINUTES * 60 // STEP
HOLD = 4  # minutes until a silent peer is given up
GONE = object()

# Whose subjects are peers, or the address that peers know a node by: they have the label `peer`.
PEER_CHECKS = {
    "bgp_peer_down",
    "bgp_source_address_not_local",
    "peer_established_without_routes",
    "peer_flapping",
    "peer_hold_timer_low",
    "peer_path_one_way",
}


class Cluster:
    """all_peers: series for peers that are up, too, as by default; else those of --peers.detail=problems. name: of a
    cluster among several."""

    def __init__(self, nodes=5, all_peers=True, name=None, families=("ipv4",), job="caliwatch"):
        self.names = [f"node-{number}" for number in range(1, nodes + 1)]
        self.families = families
        self._all_peers = all_peers
        self._common = {"job": job, **({"cluster": name} if name else {})}
        self._values = {}  # {(metric, labels): [value a step]}
        self._up = {}  # {(node, family, peer's address, kind): [whether up, a step]}
        self._routers = {}
        for node in self.names:
            self._healthy(node)

    def address(self, name, family="ipv4"):
        number = self.names.index(name) + 1 if name in self.names else self._routers[name]
        return f"10.0.0.{number}" if family == "ipv4" else f"fd00::{number}"

    def _healthy(self, node):
        self._set("up", node, 1)
        self._set("caliwatch_build_info", node, 1, version="1")
        self._set("caliwatch_last_poll_timestamp_seconds", node, range(0, _STEPS * STEP, STEP))
        self._set("caliwatch_source_up", node, 1, source="routes")
        for check in ("bgp_peer_down", "workload_route_missing"):
            self._set("caliwatch_check_findings", node, 0, check=check, severity="critical")
        for family in self.families:
            self._set("caliwatch_bird_up", node, 1, family=family)
            self._set("caliwatch_bird_restarts_total", node, 0, family=family)
            self._set("caliwatch_convergence_elapsed_seconds", node, 0, family=family)
            self._set("caliwatch_bgp_local_address_info", node, 1, family=family, address=self.address(node, family))
            for peer in self.names:
                if peer != node:
                    self._up[node, family, self.address(peer, family), "mesh"] = [True] * _STEPS

    # What may happen.

    def add_router(self, name, number, kind="global", nodes=None):
        """A peer without an agent: of all nodes, or of some."""
        self._routers[name] = number
        for node in nodes or self.names:
            self._up[node, "ipv4", f"10.0.0.{number}", kind] = [True] * _STEPS

    def session_down(self, node, peer, start, end=MINUTES):
        """As this end sees it, the other one does not."""
        for family in self.families:
            for key, up in self._up.items():
                if key[:3] == (node, family, self.address(peer, family)):
                    steps = slice(_step(start), _step(end))
                    up[steps] = [GONE if is_up is GONE else False for is_up in up[steps]]

    def sessions_down(self, node, start, end=MINUTES, peers=None):
        """Both ends of them."""
        for peer in peers or [name for name in self.names if name != node]:
            self.session_down(node, peer, start, end)
            self.session_down(peer, node, start, end)

    def no_agent(self, node, start, end=MINUTES):
        for (metric, labels), values in self._values.items():
            if dict(labels)["instance"] == node:
                gap = 0 if metric == "up" else GONE
                values[_step(start) : _step(end)] = [gap] * (_step(end) - _step(start))
        for key, up in self._up.items():
            if key[0] == node:
                up[_step(start) : _step(end)] = [GONE] * (_step(end) - _step(start))

    def power_off(self, node, start, end=MINUTES):
        """The others notice when the hold time is over."""
        for peer in self.names:
            if peer != node:
                self.session_down(peer, node, start + HOLD, max(end, start + HOLD))
        self.no_agent(node, start, end)

    def joins(self, node, start):
        """A node that was not there before, whose BIRD has all routes at once."""
        self._only_within(node, start, MINUTES)

    def deleted(self, node, start):
        """From the API: no longer a target, and nobody's peer."""
        self._only_within(node, 0, start)

    def vanishes(self, start):
        """The whole cluster, as when its Prometheus no longer writes."""
        for node in self.names:
            self._only_within(node, 0, start)

    def _only_within(self, node, start, end):
        addresses = {self.address(node, family) for family in self.families}
        outside = [step for step in range(_STEPS) if not _step(start) <= step < _step(end)]
        series = [values for (_, labels), values in self._values.items() if dict(labels)["instance"] == node]
        series += [up for key, up in self._up.items() if key[0] == node or key[2] in addresses]
        for values in series:
            for step in outside:
                values[step] = GONE

    def agent_replaced(self, node, start, minutes):
        """Another pod, where series have the pod's name."""
        for metric, labels in [key for key in self._values if dict(key[1])["instance"] == node]:
            values = self._values.pop((metric, labels))
            first, second = list(values), list(values)
            first[_step(start) :] = [GONE] * (_STEPS - _step(start))
            second[: _step(start + minutes)] = [GONE] * _step(start + minutes)
            self._values[metric, (*labels, ("pod", "a"))] = first
            self._values[metric, (*labels, ("pod", "b"))] = second

    def reboot(self, node, start, minutes):
        """It says farewell; afterwards its sessions take half a minute."""
        self.sessions_down(node, start, start + minutes + 0.5)
        self.no_agent(node, start, start + minutes)
        self._raise_by_one("caliwatch_bird_restarts_total", node, start + minutes)

    def restart_bird(self, node, start, away=1, held_back=0):
        """held_back: minutes for which it is back, and in graceful restart."""
        back = start + away + held_back
        self.bird_down(node, start, start + away)
        self.sessions_down(node, start, back + 0.5)
        self.converging(node, start + away, back)
        self._raise_by_one("caliwatch_bird_restarts_total", node, start + away)

    def converging(self, node, start, end):
        for family in self.families:
            seconds = range(STEP, int((end - start) * 60) + STEP, STEP)
            self._set("caliwatch_convergence_elapsed_seconds", node, seconds, start, end, family=family)

    def bird_down(self, node, start, end=MINUTES):
        for family in self.families:
            self._set("caliwatch_bird_up", node, 0, start, end, family=family)

    def passive(self, node, peer, start, end=MINUTES):
        """This end waits for the other to call; else it calls itself."""
        for family in self.families:
            labels = {"family": family, "peer": self.address(peer, family), "kind": "mesh"}
            self._set("caliwatch_bgp_peer_state", node, 0, start, end, **labels)

    def calls(self, node, peer, start, end=MINUTES):
        for family in self.families:
            labels = {"family": family, "peer": self.address(peer, family), "kind": "mesh"}
            self._set("caliwatch_bgp_peer_state", node, 3, start, end, **labels)

    def finding(self, node, check, subjects, start, end=MINUTES, severity="critical"):
        for subject in subjects:
            labels = {"check": check, "subject": subject, "family": "ipv6" if ":" in subject else "ipv4"}
            labels["peer"] = subject if check in PEER_CHECKS else ""
            self._set("caliwatch_finding_since_timestamp_seconds", node, start * 60, start, end, **labels)
        self._set("caliwatch_check_findings", node, 0, check=check, severity=severity)
        self._set("caliwatch_check_findings", node, len(subjects), start, end, check=check, severity=severity)

    def forget(self, metric=None, node=None):
        """As if there had never been such series."""
        gone = {key for key in self._values if metric in (None, key[0]) and node in (None, dict(key[1])["instance"])}
        self._values = {key: values for key, values in self._values.items() if key not in gone}
        self._up = {key: up for key, up in self._up.items() if metric or key[0] != node}

    # For promtool.

    def series(self):
        """{(metric, labels): [a value each STEP, GONE where there is none]}."""
        return {**self._values, **self._peers()}

    def input_series(self):
        return [
            {"series": _name(metric, labels), "values": _text(values)}
            for (metric, labels), values in self.series().items()
        ]

    def _peers(self):
        """Each peer's series, and those of all peers of a kind."""
        found = {}
        for (node, family, peer, kind), up in self._up.items():
            one = [GONE if is_up is GONE or (is_up and not self._all_peers) else int(is_up) for is_up in up]
            found[self._key("caliwatch_bgp_peer_up", node, family=family, peer=peer, kind=kind)] = one
            for metric, counts in (("caliwatch_bgp_peers", lambda _: 1), ("caliwatch_bgp_peers_established", int)):
                total = found.setdefault(self._key(metric, node, family=family, kind=kind), [GONE] * _STEPS)
                for step, is_up in enumerate(up):
                    if is_up is not GONE:
                        total[step] = (0 if total[step] is GONE else total[step]) + counts(is_up)
        return found

    def _key(self, metric, node, **labels):
        return metric, tuple({**self._common, "instance": node, **labels}.items())

    def _set(self, metric, node, value, start=0, end=MINUTES, **labels):
        values = self._values.setdefault(self._key(metric, node, **labels), [GONE] * _STEPS)
        given = list(value) if isinstance(value, range) else [value] * _STEPS
        values[_step(start) : _step(end)] = given[: _step(end) - _step(start)]

    def _raise_by_one(self, metric, node, start):
        for family in self.families:
            values = self._values[self._key(metric, node, family=family)]
            values[_step(start) :] = [value if value is GONE else value + 1 for value in values[_step(start) :]]


def _step(minutes):
    return min(_STEPS, int(minutes * 60 // STEP))


def _name(metric, labels):
    return metric + "{" + ", ".join(f'{name}="{value}"' for name, value in labels) + "}"


def _text(values):
    """promtool's notation: runs of equal values, `_` where there is none, and `stale` where it ends."""
    words, step = [], 0
    while step < len(values):
        run = 1
        while step + run < len(values) and values[step + run] == values[step]:
            run += 1
        if values[step] is not GONE:
            words.append(f"{values[step]}x{run - 1}" if run > 1 else str(values[step]))
        else:
            words.append("stale" if step else "_")
            words += [f"_x{run - 1}"] if run > 1 else []
        step += run
    return " ".join(words)


def promtool_test(rules, clusters, fired_of):
    """A file for `promtool test rules` that holds if exactly these alerts fire at any time.

    fired_of: {severity, a pattern: {alert: [labels]}}, of cluster, instance, peer, pod and scope those that it has.
    """
    asked = [_asked(severity, fired) for severity, fired in fired_of.items()]
    series = [series for cluster in clusters for series in cluster.input_series()]
    return yaml.safe_dump({
        "rule_files": [str(rules)],
        "evaluation_interval": f"{STEP}s",
        "tests": [{"interval": f"{STEP}s", "input_series": series, "promql_expr_test": asked}],
    }, width=10000)  # fmt: skip


def _asked(severity, fired):
    names = [_name("", {"alertname": alert, **labels}.items()) for alert, found in fired.items() for labels in found]
    selector = f'alertstate="firing", severity=~"{severity}"'
    expression = (
        f"group by (alertname, cluster, instance, peer, pod, scope) (count_over_time(ALERTS{{{selector}}}[{MINUTES}m]))"
    )
    samples = [{"labels": name, "value": 1} for name in names]
    return {"expr": expression, "eval_time": f"{MINUTES - 1}m30s", "exp_samples": samples}
