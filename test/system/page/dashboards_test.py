#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the dashboards show of a lab that a real Prometheus scraped: something in every panel, and the truth."""

import collections
import os
import tempfile
import time
import unittest

from calicolab import addressing
from harness.main import run_tests
from harness.monitoring import PROMETHEUS
from harness.program import CALIWATCH
from harness.witness import routes
from page.dashboard_witness import neighbors, sessions_down
from pictures import frames, grafana
from pictures.scene import BAD_MTU, BROKEN, DEAD, GONE, HUNG, WAIT, Scene

# Nobody looks at IPAM in the lab: deploy/dashboard_queries_test asks the queries of that dashboard.
AGENTS = ("agent", "cluster", "node")
# What rightly finds nothing in the lab, and why.
MAY_BE_EMPTY = {f"{name}: variable cluster": "a Prometheus of one cluster has no such label" for name in AGENTS}
PHASES = {0: "converged", 1: "bird_down", 2: "graceful_restart", 3: "peers", 4: "programming"}
LEFT = ("node1", "node2", "node3")
FAMILIES = ("ipv4", "ipv6")


class Dashboards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scene = Scene(CALIWATCH)
        cls.addClassCleanup(cls.scene.close)
        cls.scene.play(look=cls.look)

    @classmethod
    def look(cls, lab):
        """The witnesses of the end."""
        cls.pods = {row["name"]: row["pods"] for row in lab.status()["nodes"]}
        cls.down = {
            (node, family): sessions_down(lab, node, family)
            for node in LEFT for family in FAMILIES if (node, family) != (HUNG, "ipv6")
        }  # fmt: skip
        cls.gateways = collections.Counter(
            gateway for family in FAMILIES for gateway in routes(lab, BROKEN, family).values()
        )
        cls.neighbors = []
        for _ in range(4):
            cls.neighbors.append((time.time(), neighbors(lab, BROKEN)))
            time.sleep(1)

    def panel(self, name, title):
        """(panel, answers)"""
        view = self.scene.view(name)
        (found,) = [panel for panel in grafana.panels(view.dashboard) if panel["title"] == title]
        return found, self.scene.fetch(view.requests(found))

    def rows(self, name, title):
        return frames.rows_of(*self.panel(name, title))

    def series(self, name, title):
        return {series.name: series.points for series in frames.series_of(*self.panel(name, title))}

    def test_every_query_of_every_panel_and_variable_finds_something(self):
        for name in AGENTS:
            view = self.scene.view(name)
            asked = [
                (f"{name}: {panel['title']} {target['refId']}", request)
                for panel in grafana.panels(view.dashboard)
                for target, request in zip(panel["targets"], view.requests(panel))
            ]
            for variable in grafana.variables(view.dashboard):
                asked.append((f"{name}: variable {variable['name']}", view.variable_request(variable)))
            answers = self.scene.fetch([request for _, request in asked])
            for (place, request), answer in zip(asked, answers):
                with self.subTest(place):
                    self.assertNotEqual(holds_something(answer), place in MAY_BE_EMPTY, request)

    def test_tables_have_the_columns_that_they_name_and_no_others(self):
        for name in AGENTS:
            for panel in grafana.panels(grafana.dashboards()[name]):
                if panel["type"] == "table":
                    with self.subTest(f"{name}: {panel['title']}"):
                        named = set(panel["transformations"][1]["options"]["renameByName"].values())
                        self.assertEqual(set(self.rows(name, panel["title"])[0]), named - {"Cluster"})

    def test_sessions_down_are_those_of_birdc(self):
        cluster = {row["Node"]: row["Sessions down"] for row in self.rows("cluster", "Worst nodes")}
        for node in (BROKEN, BAD_MTU):
            self.assertEqual(cluster[node], sum(len(self.down[node, family]) for family in FAMILIES))
        listed = collections.defaultdict(set)
        for row in self.rows("cluster", "Sessions that are down"):
            listed[row["Node"], row["Family"]].add(row["Peer"])
        for where, peers in self.down.items():
            self.assertEqual(listed[where], peers, where)

    def test_a_peer_out_of_reach_has_its_node_s_name_and_the_number_of_those_who_miss_it(self):
        missed = collections.Counter(
            peer for (_, family), peers in self.down.items() if family == "ipv4" for peer in peers
        )
        rows = [row for row in self.rows("cluster", "Peers out of reach") if row["Family"] == "ipv4"]
        shown = {row["Peer"]: (row["Down as seen from"], row["Its node"]) for row in rows}
        gone = addressing.host_address("ipv4", 14)
        self.assertEqual(shown, {gone: (missed[gone], GONE), DEAD: (missed[DEAD], None)})
        self.assertEqual(missed, {gone: 3, DEAD: 1})

    def test_routes_of_each_peer_are_those_of_ip(self):
        shown = {row["Peer"]: row["In the kernel"] for row in self.rows("node", "Peers")}
        self.assertEqual(len(shown), 7)
        self.assertEqual(shown, {peer: self.gateways[peer] for peer in shown})
        self.assertGreater(sum(shown.values()), 2)

    def test_routes_of_all_peers_are_those_of_ip(self):
        lines = self.series("node", "Routes of peers, in BIRD and in the kernel")
        for family, mark in (("ipv4", "."), ("ipv6", ":")):
            routes_of = sum(number for gateway, number in self.gateways.items() if mark in gateway)
            shown = [points[-1][1] for name, points in lines.items()
                     if name.startswith(f"{BROKEN} {family}") and name.endswith("kernel")]  # fmt: skip
            self.assertEqual(sum(shown), routes_of, lines.keys())

    def test_other_nodes_are_as_many_as_gateways_of_ip_and_peers_without_a_route(self):
        lines = self.series("node", "Other nodes by way")
        last = {name: points[-1][1] for name, points in lines.items()}
        for family, mark in (("ipv4", "."), ("ipv6", ":")):
            gateways = [gateway for gateway in self.gateways if mark in gateway]
            self.assertEqual(last[f"{BROKEN} {family} direct"], len(gateways), last)
        self.assertEqual(last[f"{BROKEN} ipv4 none"], 2, "the dead peer and the node without power")

    def test_the_timeline_shows_the_phases_in_order_and_the_dead_peer_as_the_blocker(self):
        self.assertEqual(self.scene.pending, {DEAD}, "by birdc")
        lines = self.series("node", "Phases, and who holds them up")
        passed = [PHASES[value] for _, value in lines[f"{BROKEN} ipv4"]]
        self.assertEqual((passed[0], passed[-1]), ("converged", "converged"))
        episode = [phase for phase in passed if phase != "converged"]
        first = passed.index(episode[0])
        self.assertEqual(
            passed[first : first + len(episode)], sorted(episode, key=list(PHASES.values()).index), "once, and in order"
        )
        self.assertAlmostEqual(episode.count("graceful_restart"), WAIT, delta=3)
        for name, points in lines.items():
            if " waits for " in name:
                self.assertEqual(len(points) > WAIT - 4, name.endswith(DEAD), f"{name}: {len(points)} s")

    def test_the_histogram_has_the_slow_convergence_of_one_family_and_the_quick_one_of_the_other(self):
        found = frames.buckets_of(*self.panel("cluster", "Convergences by duration"))
        buckets = {float(series.labels["le"]): series.last for series in found}
        counted = [bound for bound, number in buckets.items() if round(number)]
        self.assertEqual(len(counted), 2, buckets)
        self.assertLess(counted[0], WAIT / 2)
        self.assertIn(counted[1], (20, 30))

    def test_neighbors_are_those_of_ip(self):
        lines = self.series("node", "Neighbors by state")
        shown = collections.defaultdict(collections.Counter)
        for name, points in lines.items():
            for at, value in points:
                shown[at].update({name: value} if value else {})
        for at, seen in self.neighbors:
            soon = [shown[moment] for moment in shown if at - 1 <= moment <= at + 3]
            if {f"{BROKEN} {kind} {state}": number for (kind, state), number in seen.items()} in soon:
                return
        self.fail(f"ip: {self.neighbors[-1][1]}; shown: {soon}")

    def test_a_node_without_power_is_without_data_and_the_others_are_not(self):
        (row,) = self.rows("cluster", "Which nodes are without fresh data")
        self.assertEqual((row["Node"], row["Agent"]), (GONE, 0))
        self.assertGreater(row["Last poll"], 10)

    def test_findings_are_of_what_was_broken(self):
        found = {row["Check"]: row["Nodes"] for row in self.rows("cluster", "Findings by check")}
        broken = {"mtu_mismatch": 1, "workload_route_wrong_interface": 1, "bird_down": 1}
        self.assertEqual({check: found[check] for check in broken}, broken)
        address = self.pods[BROKEN][0]["ipv4"]
        of_node = {(row["Check"], row["Subject"]) for row in self.rows("node", "All findings")}
        self.assertIn(("workload_route_wrong_interface", address), of_node)
        (duplicate,) = self.rows("node", "Duplicate IPs now")
        self.assertEqual((duplicate["Address"], duplicate["Interfaces"]), (address, 11))

    def test_a_bird_that_hangs_is_a_source_that_fails(self):
        self.assertEqual(
            [(row["Node"], row["Source"]) for row in self.rows("agent", "Sources that fail now")], [(HUNG, "bird6")]
        )

    def test_every_type_of_panel_can_be_drawn(self):
        try:
            from pictures import picture
        except ImportError as missing:
            self.skipTest(f"{missing}; install Debian's python3-matplotlib")
        dashboard = grafana.dashboards()["cluster"]
        panels = {
            panel["type"]: panel
            for name in grafana.dashboards()
            for panel in grafana.panels(self.scene.view(name).dashboard)
        }
        self.assertEqual(set(panels), set(picture.DRAWN))
        sizes = {}
        view = self.scene.view("cluster")
        for kind, panel in panels.items():
            view.dashboard = {**dashboard, "panels": [{**panel, "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}}]}
            with tempfile.TemporaryDirectory() as folder:
                for fetch in (self.scene.fetch, lambda requests: [{"result": []} for _ in requests]):
                    path = os.path.join(folder, "panel.png")
                    picture.draw(view, fetch, path)
                    sizes.setdefault(kind, []).append(os.path.getsize(path))
            self.assertGreater(sizes[kind][0], sizes[kind][1] + 300, f"{kind}: with and without data")


def holds_something(answer):
    """A variable's list of values, or the samples of series: NaN is nothing."""
    if isinstance(answer, list):
        return bool(answer)
    return any(value != "NaN" for found in answer["result"] for _, value in found.get("values", [found.get("value")]))


if __name__ == "__main__":
    run_tests(PROMETHEUS)
