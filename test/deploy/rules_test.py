# SPDX-License-Identifier: Apache-2.0
"""The alerts: valid, tested with promtool, documented by runbooks, and about metrics that exist."""

import re
import tempfile
import unittest
from pathlib import Path

import support

FOLDER = support.ROOT / "deploy/prometheus"
RUNBOOKS = support.ROOT / "docs/runbooks"


def alerts():
    (rules,) = support.documents("deploy/prometheus/rules.yaml")
    return [rule for group in rules["groups"] for rule in group["rules"]]


class PromtoolTest(unittest.TestCase):
    def setUp(self):
        self.promtool = support.unpacked_tool("promtool")

    def check(self, *arguments, cwd=FOLDER):
        answer = support.run(self.promtool, *arguments, cwd=cwd)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_promtool_has_no_complaint_about_the_rules(self):
        self.check("check", "rules", "--lint=all", "--lint-fatal", "rules.yaml")

    def test_every_alert_fires_and_keeps_quiet_as_its_promtool_tests_say(self):
        self.check("test", "rules", "rules_test.yaml")

    def test_the_example_configuration_is_valid_and_finds_the_rules(self):
        # Debian's Prometheus is built without Kubernetes discovery: static targets stand in for that one key.
        (config,) = support.documents("deploy/prometheus/prometheus.yml")
        for scrape in config["scrape_configs"]:
            self.assertEqual(scrape.pop("kubernetes_sd_configs"), [{"role": "pod"}])
            scrape["static_configs"] = [{"targets": ["127.0.0.1:10179"]}]
        config["rule_files"] = [str(FOLDER / name) for name in config["rule_files"]]
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "prometheus.yml").write_text(support.yaml.safe_dump(config))
            self.check("check", "config", "prometheus.yml", cwd=folder)


class AlertsTest(unittest.TestCase):
    def test_every_alert_has_what_a_person_woken_by_it_needs(self):
        for alert in alerts():
            with self.subTest(alert["alert"], labels=alert["labels"]):
                self.assertRegex(alert["alert"], r"^Caliwatch([A-Z][a-z]+)+$")
                self.assertIn(alert["labels"]["severity"], ("critical", "warning", "info"))
                self.assertIn("for", alert)
                self.assertRegex(alert["annotations"]["summary"], r"^[A-Z][^{}]*\.$")
                self.assertTrue(alert["annotations"]["description"].rstrip().endswith((".", "}}")))
                self.assertTrue(alert["annotations"]["runbook_url"].endswith(f"/{alert['alert']}.md"))

    def test_every_alert_has_a_runbook_and_every_runbook_an_alert(self):
        self.assertEqual({path.stem for path in RUNBOOKS.glob("*.md")}, {alert["alert"] for alert in alerts()})
        for path in RUNBOOKS.glob("*.md"):
            for part in ("What it means", "What users notice", "Confirm", "Fix", "What else it could be"):
                self.assertIn(f"**{part}", path.read_text(), path.name)

    def test_every_alert_is_in_a_promtool_test_that_expects_it_and_in_one_that_does_not(self):
        (tests,) = support.documents("deploy/prometheus/rules_test.yaml")
        cases = [case for test in tests["tests"] for case in test["alert_rule_test"]]
        for alert in alerts():
            severities = [sample["exp_labels"]["severity"] for case in cases if case["alertname"] == alert["alert"]
                          for sample in case.get("exp_alerts", [])]
            self.assertIn(alert["labels"]["severity"], severities, alert["alert"])
            self.assertTrue(any(case["alertname"] == alert["alert"] and "exp_alerts" not in case for case in cases))

    def test_every_metric_in_an_alert_or_runbook_exists(self):
        known = support.documented_metrics().keys()
        for alert in alerts():
            text = alert["expr"] + alert["annotations"]["description"]
            self.assertLessEqual(support.metrics_in(text), known, alert["alert"])
        for path in RUNBOOKS.glob("*.md"):
            self.assertLessEqual(support.metrics_in(path.read_text()), known, path.name)

    def test_alerts_look_at_this_job_alone_and_never_put_a_value_into_a_label(self):
        for alert in alerts():
            for selector in re.findall(r"\b(?:up\b|caliwatch_\w+)(\{[^}]*\})?", alert["expr"]):
                self.assertIn('job="caliwatch"', selector, alert["expr"])
            self.assertNotIn("$value", str(alert["labels"]))


if __name__ == "__main__":
    support.main()
