# SPDX-License-Identifier: Apache-2.0
"""The Grafana dashboards: the rules of Grafana's dashboard-linter as far as they are about panels, variables and
links."""

import json
import re
import shutil
import unittest

from harness.documents import yaml
from harness.main import run_tests
from harness.tools import run
from pictures import grafana

DASHBOARDS = grafana.dashboards()
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
UNITS = {"none", "short", "s", "bytes", "percentunit", "cps"}
WITH_LEGEND = {"timeseries", "state-timeline", "bargauge"}


def every_panel():
    for name, dashboard in DASHBOARDS.items():
        for panel in grafana.panels(dashboard):
            yield f"{name}: {panel['title']}", panel


class LayoutTest(unittest.TestCase):
    def test_there_are_four_dashboards_of_grafana_11s_schema_that_nobody_edits_in_place(self):
        self.assertEqual(sorted(DASHBOARDS), ["agent", "cluster", "ipam", "node"])
        for name, dashboard in DASHBOARDS.items():
            with self.subTest(name):
                self.assertEqual(dashboard["schemaVersion"], 39)
                self.assertIs(dashboard["editable"], False)
                self.assertEqual(dashboard["uid"], f"caliwatch-{name}")
                self.assertIn("caliwatch", dashboard["tags"])
                self.assertNotIn("id", dashboard, "it belongs to one Grafana")

    def test_what_is_wrong_now_comes_first(self):
        for name, dashboard in DASHBOARDS.items():
            first, *others = sorted(
                dashboard["panels"], key=lambda panel: (panel["gridPos"]["y"], panel["gridPos"]["x"])
            )
            self.assertEqual((first["type"], first["title"]), ("row", "Wrong now"), name)
            self.assertEqual(others[0]["type"], "stat", name)

    def test_panels_of_a_dashboard_have_ids_titles_and_places_of_their_own(self):
        for name, dashboard in DASHBOARDS.items():
            for key in ("id", "title"):
                values = [panel[key] for panel in dashboard["panels"]]
                self.assertEqual(len(values), len(set(values)), f"{name}: {sorted(values, key=str)}")
            taken = set()
            for panel in dashboard["panels"]:
                place = panel["gridPos"]
                cells = {(place["x"] + i, place["y"] + j) for i in range(place["w"]) for j in range(place["h"])}
                self.assertFalse(taken & cells, f"{name}: {panel['title']} overlaps another panel")
                self.assertLessEqual(place["x"] + place["w"], 24, f"{name}: {panel['title']}")
                taken |= cells

    def test_every_panel_says_what_it_shows_in_a_unit_from_the_chosen_data_source(self):
        for place, panel in every_panel():
            with self.subTest(place):
                self.assertRegex(panel["title"], r"^[A-Z]")
                self.assertRegex(panel["description"], r"^[A-Z].{40,}\.$")
                units = [panel["fieldConfig"]["defaults"]["unit"], *properties(panel, "unit")]
                self.assertEqual({unit for unit in units if not unit.startswith("suffix:")} - UNITS, set())
                self.assertEqual(panel["datasource"], DATASOURCE)
                self.assertTrue(panel["targets"])
                for target in panel["targets"]:
                    self.assertEqual(target["datasource"], DATASOURCE)
                references = [target["refId"] for target in panel["targets"]]
                self.assertEqual(len(references), len(set(references)))

    def test_series_have_legends(self):
        for place, panel in every_panel():
            if panel["type"] in WITH_LEGEND:
                with self.subTest(place):
                    self.assertTrue(all(target["legendFormat"] for target in panel["targets"]))
                    self.assertTrue(panel["type"] == "bargauge" or panel["options"]["legend"]["showLegend"])

    def test_tables_rename_sort_and_colour_columns_that_they_have(self):
        for place, panel in every_panel():
            if panel["type"] == "table":
                with self.subTest(place):
                    kinds = {step["id"]: step["options"] for step in panel["transformations"]}
                    columns = kinds["organize"]["renameByName"]
                    renamed = {name for name in columns if name.startswith("Value")}
                    single = len(panel["targets"]) == 1
                    values = {"Value" if single else f"Value #{target['refId']}" for target in panel["targets"]}
                    self.assertLessEqual(renamed, values)
                    self.assertEqual(
                        values - renamed, values & kinds["organize"]["excludeByName"].keys(), "neither shown nor hidden"
                    )
                    used = {override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]}
                    used |= {by["field"] for by in kinds.get("sortBy", {"sort": []})["sort"]}
                    self.assertLessEqual(used, set(columns.values()))


class VariablesAndLinksTest(unittest.TestCase):
    def test_variables_choose_data_source_cluster_job_and_node_and_follow_the_time_range(self):
        for name, dashboard in DASHBOARDS.items():
            found = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
            self.assertEqual(list(found)[:2], ["datasource", "cluster"])
            # What looks at IPAM is one of a cluster, of no node, and has a job of its own.
            self.assertEqual(list(found)[2:], [] if name == "ipam" else ["job", "instance"])
            self.assertEqual(found.pop("datasource")["query"], "prometheus")
            for variable in found.values():
                self.assertEqual((variable["type"], variable["datasource"]), ("query", DATASOURCE))
                self.assertEqual((variable["refresh"], variable["multi"]), (2, True))
            labels = {"cluster": "Cluster", "job": "Job", "instance": "Node"}
            # A single cluster's Prometheus has no such label: "all" must match that too.
            all_values = {"cluster": ".*", "job": ".+", "instance": ".+"}
            for key, variable in found.items():
                self.assertEqual((variable["label"], variable["allValue"]), (labels[key], all_values[key]))
                self.assertEqual(variable["includeAll"], (name, key) != ("node", "instance"))

    def test_nodes_and_their_jobs_are_those_of_agents(self):
        """caliwatch_build_info is what looks at IPAM has, too."""
        for name in sorted(DASHBOARDS.keys() - {"ipam"}):
            found = {variable["name"]: variable for variable in DASHBOARDS[name]["templating"]["list"]}
            for key in ("job", "instance"):
                self.assertIn("caliwatch_last_poll_timestamp_seconds{", found[key]["query"]["query"], name)

    def test_each_dashboard_links_to_the_others_and_keeps_time_and_variables(self):
        uids = {dashboard["uid"] for dashboard in DASHBOARDS.values()}
        for dashboard in DASHBOARDS.values():
            self.assertEqual(
                {link["url"] for link in dashboard["links"]}, {f"/d/{uid}" for uid in uids - {dashboard["uid"]}}
            )
            self.assertTrue(all(link["keepTime"] and link["includeVars"] for link in dashboard["links"]))

    def test_links_of_panels_lead_to_a_dashboard_that_exists(self):
        uids = {dashboard["uid"] for dashboard in DASHBOARDS.values()}
        linked = [
            uid
            for dashboard in DASHBOARDS.values()
            for uid in re.findall(r"/d/([\w-]+)\?", json.dumps(dashboard["panels"]))
        ]
        self.assertTrue(linked)
        self.assertLessEqual(set(linked), uids)


class DeliveryTest(unittest.TestCase):
    def test_kustomize_makes_a_labelled_config_map_of_each_dashboard(self):
        if not shutil.which("kubectl"):
            self.skipTest("kubectl is missing")
        answer = run("kubectl", "kustomize", str(grafana.FOLDER))
        self.assertEqual(answer.returncode, 0, answer.stderr)
        made = {}
        for document in yaml.safe_load_all(answer.stdout):
            self.assertEqual(
                (document["kind"], document["metadata"]["labels"]), ("ConfigMap", {"grafana_dashboard": "1"})
            )
            made.update({name: json.loads(text) for name, text in document["data"].items()})
        self.assertEqual(made, {f"{dashboard['uid']}.json": dashboard for dashboard in DASHBOARDS.values()})


def properties(panel, name):
    """The values that overrides give it."""
    return [
        wanted["value"]
        for override in panel["fieldConfig"]["overrides"]
        for wanted in override["properties"]
        if wanted["id"] == name
    ]


if __name__ == "__main__":
    run_tests(lab=False)
