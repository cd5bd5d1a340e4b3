#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The newest Prometheus and what we ship: it takes rules and configuration, the simulations of whole clusters come out
as with Debian's, and one that scrapes forty nodes of a real API server's for an hour alerts of what it should. The
hour passes twelve times as fast; the nodes' numbers are made up (synthetic_nodes.py)."""

import re
import unittest

from deploy import chart, rules_cluster_test
from deploy.cluster_series import STEP, Cluster
from deploy.synthetic_nodes import SyntheticNodes
from harness.documents import yaml
from harness.kube import Kube, kube_program
from harness.kube_apply import apply
from harness.main import run_tests
from harness.monitoring import faster_rules
from harness.newest_prometheus import Prometheus, newest
from harness.tools import ROOT, go_tool, run

FOLDER = ROOT / "deploy/prometheus"
FASTER = 12


def scrape_configuration(monitor, kubeconfig, interval):
    """What the Prometheus operator makes of a PodMonitor with one endpoint, as its promcfg writes it; but that the API
    server is asked as `kubeconfig` says. The operator itself is not run here."""
    namespace, name = monitor["metadata"]["namespace"], monitor["metadata"]["name"]
    spec = monitor["spec"]
    (endpoint,) = spec["podMetricsEndpoints"]
    keep = [
        {"action": "keep", "source_labels": [f"__meta_kubernetes_pod_label_{label}"], "regex": value}
        for key, value in spec["selector"]["matchLabels"].items() for label in [re.sub(r"\W", "_", key)]
    ]  # fmt: skip
    given = [
        {re.sub("[A-Z]", lambda found: "_" + found[0].lower(), key): value for key, value in row.items()}
        for row in endpoint["relabelings"]
    ]  # fmt: skip
    return {
        "job_name": f"podMonitor/{namespace}/{name}/0",
        "scrape_interval": interval,
        "scrape_timeout": interval,
        "sample_limit": spec["sampleLimit"],
        "kubernetes_sd_configs": [{
            "role": "pod", "kubeconfig_file": kubeconfig,
            "namespaces": {"names": spec["namespaceSelector"]["matchNames"]},
        }],
        "relabel_configs": [
            {"action": "drop", "source_labels": ["__meta_kubernetes_pod_phase"], "regex": "(Failed|Succeeded)"},
            *keep,
            {"action": "keep", "source_labels": ["__meta_kubernetes_pod_container_port_name"],
             "regex": endpoint["port"]},
            {"source_labels": ["__meta_kubernetes_namespace"], "target_label": "namespace"},
            {"source_labels": ["__meta_kubernetes_pod_container_name"], "target_label": "container"},
            {"source_labels": ["__meta_kubernetes_pod_name"], "target_label": "pod"},
            {"target_label": "job", "replacement": f"{namespace}/{name}"},
            {"target_label": "endpoint", "replacement": endpoint["port"]},
            *given,
        ],
    }  # fmt: skip


class FilesTest(unittest.TestCase):
    def check(self, *arguments):
        answer = run(newest("promtool"), *arguments, cwd=FOLDER)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_it_has_no_complaint_about_the_rules(self):
        self.check("check", "rules", "--lint=all", "--lint-fatal", "rules.yaml")

    def test_it_takes_the_example_configuration_with_its_discovery(self):
        self.check("check", "config", "prometheus.yml")

    def test_the_rules_tests_come_out_the_same(self):
        self.check("test", "rules", *sorted(path.name for path in FOLDER.glob("rules_*_test.yaml")))


class Newest:
    def find_promtool(self):
        return newest("promtool")


class NobodyIsWoken(Newest, rules_cluster_test.NobodyIsWoken):
    pass


class NobodyIsPaged(Newest, rules_cluster_test.NobodyIsPaged):
    pass


class OneCauseOneAlert(Newest, rules_cluster_test.OneCauseOneAlert):
    pass


def busy_cluster():
    """(a cluster of forty nodes and one that joins, what must alert: {(alert, instance): (from, to) in minutes})."""
    cluster = Cluster(nodes=41)
    # calico-node is updated on eight nodes, each with an image that takes two minutes and a half to come.
    for number in range(1, 9):
        cluster.restart_bird(f"node-{number}", 2 + 2 * number, away=2.5, held_back=0.5)
    # One is scaled away and stays in the API for sixteen minutes; another one joins.
    cluster.power_off("node-39", 6)
    cluster.deleted("node-39", 22)
    cluster.joins("node-41", 15)
    # A worker dies for good; a BIRD dies while its agent's pod is replaced.
    cluster.power_off("node-40", 8)
    cluster.bird_down("node-20", 30)
    cluster.sessions_down("node-20", 30)
    cluster.agent_replaced("node-20", 33, 1)
    return cluster, {("CaliwatchNodeLost", "node-40"): (28, 38), ("CaliwatchBirdDown", "node-20"): (30, 40)}


class HourTest(unittest.TestCase):
    """One run for all: it takes five minutes."""

    def setUp(self):
        newest("prometheus")
        kube_program()
        go_tool("helm")

    def run_hour(self, cluster):
        """[(alert, instance, severity, minute that it began to fire)], and Prometheus' word on its targets."""
        kube = Kube()
        self.addCleanup(kube.close)
        apply(kube, {"apiVersion": "v1", "kind": "Namespace", "metadata": {
            "name": "watch", "labels": {"pod-security.kubernetes.io/enforce": "privileged"}}})  # fmt: skip
        objects = {body["kind"]: body for body in chart.rendered(chart.OPERATOR, "--set=monitoring.kind=podMonitor")}
        apply(kube, objects["ServiceAccount"])  # without which no pod is taken
        nodes = SyntheticNodes(cluster, kube, "watch", objects["DaemonSet"]["spec"]["template"], FASTER)
        self.addCleanup(nodes.close)
        every = f"{STEP * 1000 // FASTER}ms"
        scrape = scrape_configuration(objects["PodMonitor"], kube.kubeconfig(token=kube.token), every)
        config = {"global": {"evaluation_interval": every}, "rule_files": ["rules.yaml"], "scrape_configs": [scrape]}
        rules = faster_rules(yaml.safe_dump(objects["PrometheusRule"]["spec"], width=10000), FASTER)
        prometheus = Prometheus(yaml.safe_dump(config), **{"rules.yaml": rules})
        self.addCleanup(prometheus.close)
        began, ended = nodes.play()
        found = prometheus.ask("query_range", query='ALERTS{alertstate="firing"}', start=began, end=ended, step=1)
        fired = []
        for series in found["result"]:
            labels = series["metric"]
            minute = (float(series["values"][0][0]) - began) * FASTER / 60
            fired.append((labels["alertname"], labels.get("instance", ""), labels["severity"], minute))
        return fired, prometheus.ask("targets", state="active")["activeTargets"]

    def test_forty_nodes_for_an_hour_alert_of_a_dead_worker_and_a_dead_bird_and_of_nothing_else(self):
        cluster, wanted = busy_cluster()
        fired, targets = self.run_hour(cluster)
        print("| alert | node | severity | fired, minute | should, minutes |\n|---|---|---|---|---|")
        for alert, node, severity, minute in sorted(fired, key=lambda row: row[3]):
            span = wanted.get((alert, node))
            print(f"| {alert} | {node} | {severity} | {minute:.1f} | {'{}-{}'.format(*span) if span else 'never'} |")
        self.assertEqual({row[:2] for row in fired}, set(wanted))
        for alert, node, _, minute in fired:
            earliest, latest = wanted[alert, node]
            self.assertTrue(earliest <= minute <= latest, f"{alert} of {node} at minute {minute:.1f}")
        # As the chart's PodMonitor has it: the node's name, the job of the rules, and nothing of the pod.
        self.assertEqual(len(targets), 40)
        for target in targets:
            self.assertEqual(set(target["labels"]), {"instance", "job", "namespace"})
            self.assertEqual(target["labels"]["job"], "caliwatch")

    def test_the_same_by_promtool(self):
        cluster, wanted = busy_cluster()
        judge = rules_cluster_test.ClusterTest()
        judge.promtool = newest("promtool")
        expected = {}
        for alert, node in wanted:
            expected.setdefault(alert, []).append(
                {"instance": node, **({"peer": cluster.address(node)} if alert == "CaliwatchNodeLost" else {})}
            )
        judge.assert_fires(cluster, **expected)


if __name__ == "__main__":
    run_tests(lab=False)
