# SPDX-License-Identifier: Apache-2.0
"""A real agent, scraped by a real Prometheus with the example configuration and the alerts."""

import json
import re
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import support

PATIENCE = 60  # seconds; only a failing test takes that long
META = "__meta_kubernetes_pod_"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pod(port, name):
    """A target as Kubernetes' discovery describes a pod of that app on the node node-1."""
    return {"targets": [f"127.0.0.1:{port}"],
            "labels": {META + "label_app_kubernetes_io_name": name, META + "container_port_name": "metrics", META + "node_name": "node-1"}}


class ScrapeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        caliwatch, prometheus = support.caliwatch(), support.unpacked_tool("prometheus")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        agent_port, prometheus_port = free_port(), free_port()
        cls.url = f"http://127.0.0.1:{prometheus_port}/api/v1/"
        cls.write_configuration(agent_port)
        cls.start(caliwatch, "agent", f"--web.listen-address=127.0.0.1:{agent_port}",
                  f"--calico.run-dir={cls.folder}", f"--calico.lib-dir={cls.folder}", "--poll.interval=1s")
        cls.start(prometheus, f"--config.file={cls.folder}/prometheus.yml", f"--storage.tsdb.path={cls.folder}/data",
                  f"--web.listen-address=127.0.0.1:{prometheus_port}")

    @classmethod
    def write_configuration(cls, agent_port):
        (config,) = support.documents("deploy/prometheus/prometheus.yml")
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        config["rule_files"] = [str(support.ROOT / "deploy/prometheus" / name) for name in config["rule_files"]]
        for scrape in config["scrape_configs"]:  # Debian's Prometheus has no Kubernetes discovery
            del scrape["kubernetes_sd_configs"]
            scrape["static_configs"] = [pod(agent_port, "caliwatch"), pod(agent_port, "another-app")]
        (cls.folder / "prometheus.yml").write_text(support.yaml.safe_dump(config))

    @classmethod
    def start(cls, *command):
        with open(cls.folder / (Path(command[0]).name + ".log"), "w", encoding="utf-8") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        cls.addClassCleanup(process.wait, PATIENCE)
        cls.addClassCleanup(process.terminate)

    def ask(self, what, **parameters):
        with urllib.request.urlopen(self.url + what + "?" + urllib.parse.urlencode(parameters), timeout=10) as answer:
            return json.load(answer)["data"]

    def eventually(self, question):
        """The first answer that is not empty."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if answer := question():
                    return answer
            except urllib.error.HTTPError as refusal:
                if refusal.code != 503:  # listening, but not ready yet
                    self.fail(refusal.read().decode())
            except OSError:
                pass  # not listening yet
            time.sleep(0.2)
        self.fail("".join(log.read_text()[-2000:] for log in self.folder.glob("*.log")))

    def query(self, expression):
        return self.ask("query", query=re.sub(r"\$(\w+)", lambda name: {"__rate_interval": "1m"}.get(name[1], ".*"), expression))["result"]

    def test_the_agents_target_is_up_under_the_nodes_name_and_other_pods_are_left_alone(self):
        def agents_that_are_up():
            return [target for target in self.ask("targets")["activeTargets"] if target["health"] == "up"]
        (target,) = self.eventually(agents_that_are_up)
        self.assertEqual(target["labels"], {"instance": "node-1", "job": "caliwatch"})
        dropped = self.ask("targets", state="dropped")["droppedTargets"]
        self.assertEqual([t["discoveredLabels"][META + "label_app_kubernetes_io_name"] for t in dropped], ["another-app"])
        (build,) = self.eventually(lambda: self.query('caliwatch_build_info{instance="node-1"}'))
        self.assertEqual(build["value"][1], "1")

    def test_prometheus_evaluates_every_alert_and_an_idle_machine_without_calico_raises_none(self):
        def evaluated():
            rules = [rule for group in self.ask("rules")["groups"] for rule in group["rules"]]
            return rules if rules and all(rule["health"] == "ok" for rule in rules) else None
        self.eventually(lambda: self.query("caliwatch_polls_total > 3"))
        rules = self.eventually(evaluated)
        (document,) = support.documents("deploy/prometheus/rules.yaml")
        named = {rule["alert"] for group in document["groups"] for rule in group["rules"] if "alert" in rule}
        states = {rule["name"]: rule["state"] for rule in rules if rule["type"] == "alerting" and rule["name"] != "CaliwatchAbsent"}
        self.assertEqual(states, dict.fromkeys(named - {"CaliwatchAbsent"}, "inactive"))


if __name__ == "__main__":
    support.main()
