#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus scrapes agents: all of a lab, and promtool has no complaint about what they serve; and one outside
of a lab with the example configuration and the alerts."""

import json
import re
import socket
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from calicolab import Lab
from calicolab.metrics import samples, scrape
from calicolab.waiting import eventually
from harness.documents import documents, yaml
from harness.main import run_tests
from harness.monitoring import PROMETHEUS, PROMTOOL, Monitoring
from harness.program import CALIWATCH, built
from harness.tools import ROOT
from harness.waiting import ready

PATIENCE = 60  # seconds; only a failing test takes that long
META = "__meta_kubernetes_pod_"
NODES = {f"10.39.1.{10 + number}:10179": f"node{number}" for number in (1, 2, 3)}


class AgentsOfALab(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(nodes=3, pods=2, agent=CALIWATCH, agent_args=("--poll.interval=1s",))
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        ready(cls.lab)
        cls.monitoring = Monitoring(cls.lab, list(NODES))
        cls.addClassCleanup(cls.monitoring.close)

    def health(self):
        found = (self.monitoring.ask("targets") or {}).get("activeTargets", [])
        return {target["labels"]["instance"]: (target["health"], target["lastError"]) for target in found}

    def query(self, expression):
        return int(self.monitoring.ask(f"query?query={expression}")["result"][0]["value"][1])

    def counts(self):
        """(scraped, served) samples of one agent"""
        served = [line for line in scrape(self.lab, "node1").splitlines() if not line.startswith("#")]
        return self.query("scrape_samples_scraped{instance='10.39.1.11:10179'}"), len(served)

    def test_every_target_is_up_and_gives_as_many_samples_as_it_serves(self):
        self.assertTrue(eventually(lambda: set(self.health().values()) == {("up", "")}, timeout=40), self.health())
        self.assertEqual(sorted(self.health()), sorted(NODES))
        # Each node's two peers, in two families.
        self.assertEqual(self.query("count(caliwatch_bgp_peer_up==1)"), 3 * 2 * 2)
        self.assertTrue(eventually(lambda: len(set(self.counts())) == 1), self.counts())

    def test_promtool_has_no_complaint(self):
        for node in NODES.values():
            text = scrape(self.lab, node)
            self.assertGreater(len(samples(text, "caliwatch_bgp_peer_up")), 3)
            done = subprocess.run(
                [PROMTOOL, "check", "metrics"], input=text, capture_output=True, text=True, timeout=30
            )
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pod(port, name):
    """A target as Kubernetes' discovery describes a pod of that app on the node node-1."""
    labels = {"label_app_kubernetes_io_name": name, "container_port_name": "metrics", "node_name": "node-1"}
    return {"targets": [f"127.0.0.1:{port}"], "labels": {META + key: value for key, value in labels.items()}}


class TheShippedConfiguration(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        agent_port, prometheus_port = free_port(), free_port()
        cls.url = f"http://127.0.0.1:{prometheus_port}/api/v1/"
        cls.write_configuration(agent_port)
        nowhere = (f"--calico.run-dir={cls.folder}", f"--calico.lib-dir={cls.folder}")
        cls.start(built(), "agent", f"--web.listen-address=127.0.0.1:{agent_port}", *nowhere, "--poll.interval=1s")
        files = (f"--config.file={cls.folder}/prometheus.yml", f"--storage.tsdb.path={cls.folder}/data")
        cls.start(PROMETHEUS, *files, f"--web.listen-address=127.0.0.1:{prometheus_port}")

    @classmethod
    def write_configuration(cls, agent_port):
        (config,) = documents("deploy/prometheus/prometheus.yml")
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        config["rule_files"] = [str(ROOT / "deploy/prometheus" / name) for name in config["rule_files"]]
        for job in config["scrape_configs"]:  # Debian's Prometheus has no Kubernetes discovery
            del job["kubernetes_sd_configs"]
            job["static_configs"] = [pod(agent_port, "caliwatch"), pod(agent_port, "another-app")]
        (cls.folder / "prometheus.yml").write_text(yaml.safe_dump(config))

    @classmethod
    def start(cls, *command):
        with open(cls.folder / (Path(command[0]).name + ".log"), "w", encoding="utf-8") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        cls.addClassCleanup(process.wait, PATIENCE)
        cls.addClassCleanup(process.terminate)

    def ask(self, what, **parameters):
        with urllib.request.urlopen(self.url + what + "?" + urllib.parse.urlencode(parameters), timeout=10) as answer:
            return json.load(answer)["data"]

    def soon(self, question):
        """The first answer that is not empty."""
        logs = lambda: "".join(log.read_text()[-2000:] for log in self.folder.glob("*.log"))
        return eventually(lambda: self.answer_to(question), PATIENCE) or self.fail(logs())

    def answer_to(self, question):
        """None while Prometheus does not listen, or listens and is not ready yet."""
        try:
            return question()
        except urllib.error.HTTPError as refusal:
            if refusal.code != 503:
                self.fail(refusal.read().decode())
        except OSError:
            pass
        return None

    def query(self, expression):
        known = {"__rate_interval": "1m"}
        return self.ask("query", query=re.sub(r"\$(\w+)", lambda name: known.get(name[1], ".*"), expression))["result"]

    def test_the_agents_target_is_up_under_the_nodes_name_and_other_pods_are_left_alone(self):
        def agents_that_are_up():
            return [target for target in self.ask("targets")["activeTargets"] if target["health"] == "up"]

        (target,) = self.soon(agents_that_are_up)
        self.assertEqual(target["labels"], {"instance": "node-1", "job": "caliwatch"})
        dropped = self.ask("targets", state="dropped")["droppedTargets"]
        app = META + "label_app_kubernetes_io_name"
        by_job = sorted((target["discoveredLabels"]["job"], target["discoveredLabels"][app]) for target in dropped)
        of_ipam = [("caliwatch-ipam", "another-app"), ("caliwatch-ipam", "caliwatch")]
        self.assertEqual(by_job, [("caliwatch", "another-app"), *of_ipam])
        (build,) = self.soon(lambda: self.query('caliwatch_build_info{instance="node-1"}'))
        self.assertEqual(build["value"][1], "1")

    def test_prometheus_evaluates_every_alert_and_an_idle_machine_without_calico_raises_none(self):
        def evaluated():
            rules = [rule for group in self.ask("rules")["groups"] for rule in group["rules"]]
            return rules if rules and all(rule["health"] == "ok" for rule in rules) else None

        self.soon(lambda: self.query("caliwatch_polls_total > 3"))
        alerts = [rule for rule in self.soon(evaluated) if rule["type"] == "alerting"]
        (document,) = documents("deploy/prometheus/rules.yaml")
        named = {rule["alert"] for group in document["groups"] for rule in group["rules"] if "alert" in rule}
        states = {rule["name"]: rule["state"] for rule in alerts if rule["name"] != "CaliwatchAbsent"}
        self.assertEqual(states, dict.fromkeys(named - {"CaliwatchAbsent"}, "inactive"))


if __name__ == "__main__":
    run_tests(PROMETHEUS)
