# SPDX-License-Identifier: Apache-2.0
"""The queries of the Grafana dashboards: metrics and labels that exist, selectors that follow the variables, counters
seen as rates."""

import re
import tempfile
import unittest
from pathlib import Path

from harness.documents import documented_metrics, yaml
from harness.main import run_tests
from harness.tools import run, unpacked_tool
from pictures import grafana

SELECTOR = 'cluster=~"$cluster", job=~"$job", instance=~"$instance"'
OF_IPAM = 'cluster=~"$cluster"'
TARGET_LABELS = {"cluster", "job", "instance"}
# What Prometheus adds to each scrape.
OF_PROMETHEUS = {name: ("gauge", set()) for name in ("up", "scrape_samples_scraped", "scrape_duration_seconds")}
# Whose address a peer has, its own agent tells, whichever node is being looked at.
OF_ALL_NODES = {"caliwatch_bgp_local_address_info"}
# Series that a peer of the mesh has only while it has a problem; these panels judge such peers alone, or have another
# word for those that are well.
OF_PROBLEMS = r"caliwatch_bgp_peer_(?!up$|info$)"
ABOUT_PROBLEMS = {
    "cluster: Sessions that are down", "node: Peers", "node: State of each peer", "node: Hold timer left",
    "node: Unanswered segments",
}  # fmt: skip
METRICS = {**documented_metrics(), **OF_PROMETHEUS}
WINDOWS = {"$__rate_interval", "$__range"}
FILLED = {"cluster": "Cluster", "job": "Job", "instance": "Node", "__rate_interval": "1m", "__range": "1h"}


def queries():
    for name, dashboard in grafana.dashboards().items():
        for panel in grafana.panels(dashboard):
            for target in panel["targets"]:
                yield f"{name}: {panel['title']} {target['refId']}", target


def selectors(expression):
    """[(metric, matchers)]"""
    return re.findall(r"\b([a-z_0-9]+){([^}]*)}", expression)


def metrics_of(expression):
    return {name for name, _ in selectors(expression)}


def labels_listed(expression, *words):
    """Of all `by (…)` and the like."""
    lists = re.findall(rf"\b(?:{'|'.join(words)}) ?\(([^)]*)\)", expression)
    return set(re.findall(r"\w+", " ".join(lists)))


class QueriesTest(unittest.TestCase):
    def test_every_metric_exists_and_has_a_selector(self):
        for place, target in queries():
            with self.subTest(place):
                self.assertTrue(metrics_of(target["expr"]))
                self.assertLessEqual(metrics_of(target["expr"]), METRICS.keys())
                named = set(re.findall(r"\b(?:(?:caliwatch|process|scrape)_\w+|up)\b", target["expr"]))
                self.assertEqual(named, metrics_of(target["expr"]), "one without a selector sees all clusters")

    def test_every_label_of_a_query_or_legend_is_one_of_its_metrics(self):
        for place, target in queries():
            expression = target["expr"]
            made = set(re.findall(r'\), "(\w+)", "\$1"', expression)) | set(re.findall(r'\]\), "(\w+)"', expression))
            known = set.union(TARGET_LABELS, made, *(METRICS[name][1] for name in metrics_of(expression)))
            grouped = labels_listed(expression, "by")
            shown = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
            with self.subTest(place):
                self.assertLessEqual(labels_listed(expression, "by", "on", "group_left", "group_right") | shown, known)
                if expression.lstrip("(").startswith(("sum", "max", "min", "count")):
                    self.assertLessEqual(shown, grouped)

    def test_every_selector_follows_the_variables(self):
        for place, target in queries():
            for metric, matchers in selectors(target["expr"]):
                with self.subTest(f"{place}: {metric}"):
                    own = SELECTOR.rpartition(", ")[0] if metric in OF_ALL_NODES else SELECTOR
                    own = OF_IPAM if place.startswith("ipam") else own
                    self.assertTrue(matchers == own or matchers.startswith(own + ", "), matchers)
                    self.assertLessEqual(
                        set(re.findall(r"(\w+)(?:=~|!=|!~|=)\"", matchers)), TARGET_LABELS | METRICS[metric][1]
                    )

    def test_series_that_come_and_go_with_a_peer_s_problem_are_for_panels_about_problems(self):
        used = {
            place.rpartition(" ")[0] for place, target in queries()
            if any(re.match(OF_PROBLEMS, name) for name in metrics_of(target["expr"]))
        }  # fmt: skip
        self.assertEqual(used, ABOUT_PROBLEMS)

    def test_counters_are_seen_as_rates_and_nothing_else_is(self):
        for place, target in queries():
            rated = re.findall(r"\b(?:rate|increase)\((\w+){[^}]*}\[([^\]]+)\]\)", target["expr"])
            counters = {name for name in metrics_of(target["expr"]) if METRICS[name][0] == "counter"}
            with self.subTest(place):
                self.assertEqual({name for name, _ in rated}, counters)
                self.assertLessEqual({window for _, window in rated}, WINDOWS)

    def test_tables_drop_the_names_of_metrics_which_would_keep_rows_from_merging(self):
        for place, target in queries():
            if target.get("format") == "table":
                self.assertRegex(target["expr"], r"\bby \(", place)
                self.assertTrue(target["instant"], place)

    def test_lists_of_a_cluster_s_nodes_or_peers_are_cut_at_the_worst(self):
        """A cluster of 500 nodes has 500 of everything."""
        for place, target in queries():
            grouped = labels_listed(target["expr"], "by") if target.get("format") == "table" else set()
            shown = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
            if {"instance", "node", "peer"} & (grouped | shown) and not place.startswith("node"):
                self.assertRegex(target["expr"], r"\b(?:topk|bottomk)\(", place)

    def test_every_query_about_ipam_finds_something_where_there_is_everything(self):
        """The others are asked of a lab, by page/dashboards_test."""
        metrics = {
            name: labels
            for name, (_, labels) in METRICS.items()
            if name.startswith(("caliwatch_ipam_", "caliwatch_cluster_"))
        }
        given = {"check": "ipam_address_leaked", "kind": "reports", "cidr": "10.48.0.0/16"}
        asked = [target["expr"] for place, target in queries() if place.startswith("ipam")]
        self.assertEqual({name for expression in asked for name in metrics_of(expression)} - metrics.keys(), set())
        series = []
        for name, labels in metrics.items():
            said = ", ".join(f'{label}="{given.get(label, label)}"' for label in sorted(labels))
            # What could not be read, and what a check cannot judge, is of value 0.
            value = 0 if name.endswith(("_readable", "_judged")) else 2
            for check in ("ipam_address_leaked", "ipam_address_twice") if "check" in labels else ("",):
                of_check = said.replace("ipam_address_leaked", check) if check else said
                series.append({"series": f'{name}{{job="caliwatch-ipam", {of_check}}}', "values": f"{value}x10"})
        found = [
            {"expr": f"count({grafana.fill(expression, {'cluster': '.*'})}) > bool 0", "eval_time": "5m",
             "exp_samples": [{"labels": "{}", "value": 1}]}
            for expression in asked
        ]  # fmt: skip
        test = {"interval": "1m", "input_series": series, "promql_expr_test": found}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "test.yaml")
            path.write_text(yaml.safe_dump({"rule_files": [], "tests": [test]}))
            answer = run(unpacked_tool("promtool"), "test", "rules", str(path))
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_prometheus_understands_every_query(self):
        promtool = unpacked_tool("promtool")
        rules = [
            {"record": f"dashboard:query:{number}", "expr": grafana.fill(target["expr"], FILLED)}
            for number, (_, target) in enumerate(queries())
        ]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "queries.yaml")
            path.write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}))
            answer = run(promtool, "check", "rules", str(path))
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertIn(f"{len(rules)} rules found", answer.stdout)


if __name__ == "__main__":
    run_tests(lab=False)
