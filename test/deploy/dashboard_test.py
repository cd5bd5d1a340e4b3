# SPDX-License-Identifier: Apache-2.0
"""The Grafana dashboards: the rules of Grafana's dashboard-linter as far as they apply, and metrics and labels that exist."""

import json
import re
import tempfile
import unittest
from pathlib import Path

import support

SELECTOR = 'cluster=~"$cluster", job=~"$job", instance=~"$instance"'
TARGET_LABELS = {"cluster", "job", "instance"}
VARIABLES = {"datasource": "prometheus", "cluster": "Cluster", "job": "Job", "instance": "Node", "__rate_interval": "1m"}
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


def dashboards():
    return {path.name: json.loads(path.read_text()) for path in sorted((support.ROOT / "dashboards").glob("*.json"))}


def panels(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def queries():
    for name, dashboard in dashboards().items():
        for panel in panels(dashboard):
            for target in panel["targets"]:
                yield f"{name}: {panel['title']}", target


class LayoutTest(unittest.TestCase):
    def test_dashboards_have_the_schema_of_grafana_11_and_nobody_edits_them_in_place(self):
        self.assertIn("node.json", dashboards())
        for name, dashboard in dashboards().items():
            with self.subTest(name):
                self.assertEqual(dashboard["schemaVersion"], 39)
                self.assertIs(dashboard["editable"], False)
                self.assertTrue(dashboard["uid"] and dashboard["title"] and dashboard["tags"])
                self.assertNotIn("id", dashboard)

    def test_every_panel_has_a_title_a_description_a_unit_and_its_own_place(self):
        for name, dashboard in dashboards().items():
            taken, ids = set(), [panel["id"] for panel in dashboard["panels"]]
            self.assertEqual(len(ids), len(set(ids)), name)
            for panel in panels(dashboard):
                with self.subTest(f"{name}: {panel['title']}"):
                    self.assertRegex(panel["title"], r"^[A-Z]")
                    self.assertRegex(panel["description"], r"^[A-Z].*\.$")
                    self.assertTrue(panel["fieldConfig"]["defaults"]["unit"])
                    self.assertEqual(panel["datasource"], DATASOURCE)
                    place = panel["gridPos"]
                    cells = {(place["x"] + i, place["y"] + j) for i in range(place["w"]) for j in range(place["h"])}
                    self.assertFalse(taken & cells, "overlaps another panel")
                    self.assertLessEqual(place["x"] + place["w"], 24)
                    taken |= cells

    def test_variables_choose_data_source_cluster_job_and_node_and_follow_the_time_range(self):
        for dashboard in dashboards().values():
            variables = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
            self.assertEqual(list(variables), ["datasource", "cluster", "job", "instance"])
            self.assertEqual(variables.pop("datasource")["query"], "prometheus")
            for variable in variables.values():
                self.assertEqual((variable["type"], variable["refresh"], variable["multi"], variable["datasource"]),
                                 ("query", 2, True, DATASOURCE))
            # A single cluster's Prometheus has no such label: "all" must match that too.
            self.assertEqual([variables[name]["allValue"] for name in variables], [".*", ".+", ".+"])


class QueriesTest(unittest.TestCase):
    def test_every_metric_of_a_query_exists(self):
        known = support.documented_metrics().keys()
        for place, target in queries():
            with self.subTest(place):
                self.assertTrue(support.metrics_in(target["expr"]))
                self.assertLessEqual(support.metrics_in(target["expr"]), known)

    def test_every_label_that_a_query_groups_by_or_a_legend_shows_is_one_of_its_metrics_labels(self):
        metrics = support.documented_metrics()
        for place, target in queries():
            grouped = set(re.findall(r"\w+", " ".join(re.findall(r"\bby \(([^)]*)\)", target["expr"]))))
            shown = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
            known = set.union(TARGET_LABELS, *(metrics[name][1] for name in support.metrics_in(target["expr"])))
            with self.subTest(place):
                self.assertLessEqual(grouped | shown, known)
                if grouped:
                    self.assertLessEqual(shown, grouped)

    def test_every_selector_follows_the_variables(self):
        for place, target in queries():
            with self.subTest(place):
                selectors = re.findall(r"\b(?:caliwatch|process)_\w+(\{[^}]*\})?", target["expr"])
                self.assertTrue(all(selector.startswith("{" + SELECTOR) for selector in selectors), target["expr"])

    def test_counters_are_seen_as_rates_and_nothing_else_is(self):
        metrics = support.documented_metrics()
        for place, target in queries():
            rated = set(re.findall(r"\b(?:rate|increase)\((\w+)\{[^}]*\}\[(?:\$__rate_interval|1h)\]\)", target["expr"]))
            counters = {name for name in support.metrics_in(target["expr"]) if metrics[name][0] == "counter"}
            with self.subTest(place):
                self.assertEqual(rated, counters)

    def test_tables_drop_the_names_of_metrics_which_would_keep_rows_from_merging(self):
        for place, target in queries():
            if target.get("format") == "table":
                self.assertRegex(target["expr"], r"\bby \(", place)

    def test_prometheus_understands_every_query(self):
        promtool = support.unpacked_tool("promtool")
        rules = []
        for number, (_, target) in enumerate(queries()):
            expression = re.sub(r"\$(\w+)", lambda variable: VARIABLES[variable[1]], target["expr"])
            rules.append({"record": f"dashboard:query:{number}", "expr": expression})
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "queries.yaml")
            path.write_text(support.yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}))
            answer = support.run(promtool, "check", "rules", str(path))
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertIn(f"{len(rules)} rules found", answer.stdout)


if __name__ == "__main__":
    support.main()
