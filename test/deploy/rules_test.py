# SPDX-License-Identifier: Apache-2.0
"""The rules: valid, tested with promtool, the same for the operator, documented by runbooks, complete, and about
metrics that exist. What they make of a whole cluster is rules_cluster_test.py's."""

import re
import shutil
import tempfile
import unittest
from pathlib import Path

from deploy import chart
from harness.documents import documented_metrics, documents, metrics_in, yaml
from harness.main import run_tests
from harness.tools import ROOT, run, unpacked_tool

FOLDER = ROOT / "deploy/prometheus"
RUNBOOKS = ROOT / "docs/runbooks"
# Checks whose alerts look at a metric of the same thing, which has a family and a peer.
MEASURED = {
    "bird_down": "caliwatch_bird_up",
    "bgp_peer_down": "caliwatch_bgp_peer_up",
    "peer_hold_timer_low": "caliwatch_bgp_peer_up",
    "bgp_peer_down_routes_kept": "caliwatch_bgp_peer_up",
    "local_workload_peer_down": "caliwatch_bgp_peer_up",
}
# Of series that a peer of the mesh has only while it has a problem: what may be asked of a session that is down.
OF_PROBLEMS = {
    "CaliwatchBgpPeerDown": {"caliwatch_bgp_peer_state", "caliwatch_bgp_peer_last_error_info"},
}

OF_OTHER_JOBS = {"CaliwatchAbsent", "CaliwatchIpamAbsent"}
# Alert -> the checks of a cluster's nodes that it tells of already, by what nodes or both ends of a session say.
OF_NODES_THEMSELVES = {
    "CaliwatchBgpPeerDown": {"cluster_ends_disagree"},
    "CaliwatchBgpSessionOneSided": {"cluster_session_at_one_end"},
    "CaliwatchNodeAddressWrong": {"cluster_node_address_unknown"},
    "CaliwatchNodeLost": {"cluster_node_dead", "cluster_node_called_dead"},
}


def rules():
    (document,) = documents("deploy/prometheus/rules.yaml")
    return [rule for group in document["groups"] for rule in group["rules"]]


def alerts():
    return [rule for rule in rules() if "alert" in rule]


def records():
    return {rule["record"]: rule["expr"] for rule in rules() if "record" in rule}


def tests():
    return sorted(path.name for path in FOLDER.glob("rules_*_test.yaml"))


def with_records(expression):
    """The expression, and those of all recorded series that it is made from, however indirectly."""
    seen, texts = set(), [expression]
    for text in texts:
        named = {record for record in records() if record in text} - seen
        seen |= named
        texts += [records()[name] for name in sorted(named)]
    return "\n".join(texts)


def checks_selected(expression):
    selectors = re.findall(r'\bcheck=(~?)"([^"]*)"', expression)
    return {
        check for is_regex, value in selectors for check in all_checks()
        if (re.fullmatch(value, check) if is_regex else value == check)
    }  # fmt: skip


def all_checks():
    """{name: severity}, by the documents of all checks."""
    pages = ("checks", "ipam-checks", "cluster-checks")
    text = "".join((ROOT / f"docs/{page}.md").read_text() for page in pages)
    return dict(re.findall(r"^## (\w+)\n\n\*\*(\w+)\*\*", text, re.M))


def checks_of_runbook(name):
    lines = re.findall(r"^\*\*Checks\.\*\*(.*?)\n\n", (RUNBOOKS / f"{name}.md").read_text(), re.M | re.S)
    return re.findall(r"`(\w+)`", " ".join(lines))


class PromtoolTest(unittest.TestCase):
    def setUp(self):
        self.promtool = unpacked_tool("promtool")

    def check(self, *arguments, cwd=FOLDER):
        answer = run(self.promtool, *arguments, cwd=cwd)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_promtool_has_no_complaint_about_the_rules(self):
        self.check("check", "rules", "--lint=all", "--lint-fatal", "rules.yaml")

    def test_every_alert_fires_and_keeps_quiet_as_its_promtool_tests_say(self):
        self.check("test", "rules", *tests())

    def test_the_example_configuration_is_valid_and_finds_the_rules(self):
        # Debian's Prometheus is built without Kubernetes discovery: static targets stand in for that one key.
        (config,) = documents("deploy/prometheus/prometheus.yml")
        self.assertEqual([scrape["job_name"] for scrape in config["scrape_configs"]], ["caliwatch", "caliwatch-ipam"])
        for scrape in config["scrape_configs"]:
            self.assertEqual(scrape.pop("kubernetes_sd_configs"), [{"role": "pod"}])
            scrape["static_configs"] = [{"targets": ["127.0.0.1:10179"]}]
        config["rule_files"] = [str(FOLDER / name) for name in config["rule_files"]]
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "prometheus.yml").write_text(yaml.safe_dump(config))
            self.check("check", "config", "prometheus.yml", cwd=folder)


class AlertmanagerTest(unittest.TestCase):
    def test_amtool_takes_the_example(self):
        tool = ROOT / "build/tools/prometheus-alertmanager/usr/bin/amtool"
        amtool = str(tool) if tool.exists() else shutil.which("amtool")
        if not amtool:
            self.skipTest("amtool is missing; `make deps` unpacks it into build/tools/prometheus-alertmanager")
        answer = run(amtool, "check-config", str(FOLDER / "alertmanager.yml"))
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_each_inhibition_names_alerts_that_exist_and_labels_that_they_have(self):
        names = {alert["alert"] for alert in alerts()}
        (config,) = documents("deploy/prometheus/alertmanager.yml")
        for rule in config["inhibit_rules"]:
            for matcher in rule["source_matchers"] + rule["target_matchers"]:
                label, operator, value = re.fullmatch(r'(\w+) (=|!=|=~) "(.*)"', matcher).groups()
                if label != "alertname":
                    continue
                found = {name for name in names if re.fullmatch(value, name)}
                self.assertTrue(found, matcher)
                for name in re.findall(r"\w+", value[value.find("(") :]) if "(" in value else []:
                    self.assertIn(f"Caliwatch{name}", names, matcher)
            self.assertEqual(rule["equal"][0], "cluster")


class OperatorTest(unittest.TestCase):
    def test_the_prometheusrule_has_the_same_rules(self):
        (document,) = documents("deploy/kubernetes/prometheusrule.yaml")
        (plain,) = documents("deploy/prometheus/rules.yaml")
        self.assertEqual((document["apiVersion"], document["kind"]), ("monitoring.coreos.com/v1", "PrometheusRule"))
        self.assertEqual(document["spec"], plain, "run `make docs`")


def render(*arguments):
    return run(str(FOLDER / "render-rules"), *arguments)


class RenderedTest(unittest.TestCase):
    """What differs from one Prometheus to another is one value each."""

    GIVEN = ("--job=net/agents", "--cluster-label=k8s", "--runbook-url=https://wiki.example/net/")

    def test_without_arguments_it_is_the_file_itself_and_the_operators_resource_is_made_by_it(self):
        self.assertEqual(render().stdout, (FOLDER / "rules.yaml").read_text())
        made = (ROOT / "deploy/kubernetes/prometheusrule.yaml").read_text()
        self.assertEqual(render("--operator").stdout, made, "run `make docs`")

    def test_nothing_of_the_former_values_is_left(self):
        rendered = yaml.safe_load(render(*self.GIVEN).stdout)
        found = [rule for group in rendered["groups"] for rule in group["rules"]]
        self.assertEqual(len(found), len(rules()))
        for rule in found:
            described = rule.get("annotations", {}).get("description", "")
            text = rule["expr"] + described
            jobs = set(re.findall(r"\bjob!?=[^,}]*", text))
            wanted = {f'job{equals}"net/agents{end}"' for equals in ("=", "!=") for end in ("", "-ipam")}
            self.assertLessEqual(jobs, wanted)
            for labels in re.findall(r"\b(?:by|on|without|ignoring) \(([^)]*)\)", text):
                self.assertNotIn("cluster", re.split(r", *", labels), rule)
            self.assertEqual(re.findall(r"[{,]cluster=|labels\.cluster", text), [], rule)
            if "alert" in rule:
                wanted = f"https://wiki.example/net/{rule['alert']}.md"
                self.assertEqual(rule["annotations"]["runbook_url"], wanted)

    def test_promtool_takes_what_is_rendered(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "rules.yaml").write_text(render(*self.GIVEN).stdout)
            command = [unpacked_tool("promtool"), "check", "rules", "--lint=all", "--lint-fatal", "rules.yaml"]
            answer = run(*command, cwd=folder)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_the_chart_makes_the_same_of_the_same_values(self):
        values = ("--set=monitoring.job=net/agents", "--set=rules.clusterLabel=k8s",
                  "--set=rules.runbookUrl=https://wiki.example/net/", "--set=monitoring.kind=podMonitor")  # fmt: skip
        made = chart.one("PrometheusRule", chart.OPERATOR, *values)
        self.assertEqual(made["spec"], yaml.safe_load(render(*self.GIVEN).stdout))

    def test_a_value_that_would_break_the_rules_is_refused(self):
        for argument, why in (
            ('--job=a"b', "no job"), ("--cluster-label=k8s-name", "no name of a label"),
            ("--runbook-url=wiki", "no URL"), ("--colour=red", "is none of"),
        ):  # fmt: skip
            answer = render(argument)
            self.assertEqual((answer.returncode, answer.stdout), (64, ""))
            self.assertIn(why, answer.stderr)


class AlertsTest(unittest.TestCase):
    def test_every_alert_has_what_a_person_woken_by_it_needs(self):
        for alert in alerts():
            with self.subTest(alert["alert"], labels=alert["labels"]):
                self.assertRegex(alert["alert"], r"^Caliwatch([A-Z][a-z]+)+$")
                self.assertIn(alert["labels"]["severity"], ("critical", "warning", "info"))
                self.assertIn("for", alert)
                self.assertRegex(alert["annotations"]["summary"], r"^[A-Z][^{}]*\.$")
                self.assertTrue(alert["annotations"]["description"].rstrip().endswith((".", "}}")))
                url = f"https://caliwatch.example/runbooks/{alert['alert']}.md"
                self.assertEqual(alert["annotations"]["runbook_url"], url)

    def test_one_alert_in_four_at_most_is_for_waking_somebody(self):
        critical = [alert["alert"] for alert in alerts() if alert["labels"]["severity"] == "critical"]
        self.assertLessEqual(len(critical), len(alerts()) / 4, critical)

    def test_every_alert_is_in_a_promtool_test_that_expects_it_and_in_one_that_does_not(self):
        read = [document for name in tests() for document in documents(f"deploy/prometheus/{name}")]
        cases = [case for document in read for test in document["tests"] for case in test.get("alert_rule_test", [])]
        for alert in alerts():
            severities = [sample["exp_labels"]["severity"] for case in cases if case["alertname"] == alert["alert"]
                          for sample in case.get("exp_alerts", [])]  # fmt: skip
            self.assertIn(alert["labels"]["severity"], severities, alert["alert"])
            quiet = any(case["alertname"] == alert["alert"] and "exp_alerts" not in case for case in cases)
            self.assertTrue(quiet, alert["alert"])

    def test_every_metric_in_a_rule_or_runbook_exists(self):
        known = documented_metrics().keys()
        for rule in rules():
            text = rule["expr"] + rule.get("annotations", {}).get("description", "")
            for record in records():
                text = text.replace(record, "")
            self.assertLessEqual(metrics_in(text), known, rule)
        for path in RUNBOOKS.glob("*.md"):
            self.assertLessEqual(metrics_in(path.read_text()), known, path.name)

    def test_series_that_come_and_go_with_a_peer_s_problem_are_asked_of_sessions_that_are_down_alone(self):
        for rule in rules():
            text = rule["expr"] + rule.get("annotations", {}).get("description", "")
            used = set(re.findall(r"(?<![\w:])caliwatch_bgp_peer_(?!up\b|info\b)\w+", text))
            self.assertEqual(used, OF_PROBLEMS.get(rule.get("alert"), set()), rule)

    def test_sessions_that_are_up_are_looked_at_twice_and_never_recorded(self):
        """In a full mesh they are as many as the square of the nodes."""
        plain = 'caliwatch_bgp_peer_up{job="caliwatch"}'
        found = [rule for rule in rules() for _ in range(rule["expr"].count(plain))]
        self.assertEqual(
            [rule.get("record") for rule in found],
            ["session:caliwatch_bgp_peer_down:group", "session:caliwatch_bgp_peer_up:one_sided"],
        )

    def test_rules_look_at_this_job_alone_keep_the_cluster_and_never_put_a_value_into_a_label(self):
        for rule in rules():
            for selector in re.findall(r"(?<![\w:])(?:up\b|(?:\w+:)?caliwatch_\w+(?::\w+)?)(\{[^}]*\})?", rule["expr"]):
                job = "caliwatch-ipam" if re.search("Ipam|Nodes[A-Z]", rule.get("alert", "")) else "caliwatch"
                other = rule.get("alert") in OF_OTHER_JOBS and f'job!="{job}"' in selector
                self.assertTrue(other or f'job="{job}"' in selector, rule["expr"])
            for labels in re.findall(r"\b(?:by|on) \(([^)]*)\)", rule["expr"]):
                # Where there is none at all, or under another job, there is no more to compare.
                least = "" if rule.get("alert") in OF_OTHER_JOBS else "cluster, job"
                self.assertTrue(labels.startswith(least), rule["expr"])
            self.assertNotIn("$value", str(rule.get("labels")))

    def test_a_page_about_ipam_is_of_pods_that_are_cut_off_or_will_be(self):
        pages = {alert["alert"] for alert in alerts() if alert["labels"]["severity"] == "critical"}
        self.assertEqual({name for name in pages if "Ipam" in name}, {
            "CaliwatchIpamRunningWithoutRecord", "CaliwatchIpamAddressTwice", "CaliwatchIpamPodWithoutInterface",
        })  # fmt: skip

    def test_what_is_seen_of_ipam_must_outlast_a_look_that_saw_it_alone_and_the_window_that_keeps_it(self):
        """Looks are half a minute apart, and what is kept for a window fires no sooner than that and two looks more."""
        found = [rule for rule in alerts() if re.search(r"max_over_time\(caliwatch_(ipam|cluster)_", rule["expr"])]
        self.assertGreater(len(found), 9)
        for rule in found:
            (window,) = re.findall(r"\[(\d+)m\]", rule["expr"])
            wait = re.fullmatch(r"(\d+)([mh])", rule["for"])
            self.assertGreaterEqual(int(wait[1]) * (60 if wait[2] == "h" else 1), int(window) + 1, rule["alert"])

    def test_recorded_series_are_named_by_level_metric_and_operation(self):
        for name in records():
            self.assertRegex(name, r"^[a-z_]+:caliwatch_[a-z_]+:[a-z_]+$")


class RunbooksTest(unittest.TestCase):
    def test_every_alert_has_a_runbook_and_every_runbook_an_alert(self):
        self.assertEqual({path.stem for path in RUNBOOKS.glob("*.md")}, {alert["alert"] for alert in alerts()})

    def test_every_runbook_has_all_its_parts_and_commands_to_copy(self):
        for path in RUNBOOKS.glob("*.md"):
            text = path.read_text()
            places = [
                text.find(f"**{part}")
                for part in ("What it means", "What users notice", "Confirm", "Fix", "What else it could be")
            ]
            self.assertNotIn(-1, places, path.name)
            self.assertEqual(places, sorted(places), path.name)
            self.assertTrue(text.startswith(f"# {path.stem}\n"), path.name)
            self.assertIn("```sh\n", text, path.name)

    def test_an_agent_is_looked_for_by_its_name_since_another_pod_of_ours_may_be_on_its_node(self):
        for path in RUNBOOKS.glob("*.md"):
            for command in re.findall(r".*get pods.*spec\.nodeName.*", path.read_text()):
                if "-n caliwatch" in command:
                    self.assertIn("get pods -o name -l app.kubernetes.io/name=caliwatch ", command, path.name)

    def test_runbooks_link_to_runbooks_that_exist(self):
        for path in RUNBOOKS.glob("*.md"):
            for name, target in re.findall(r"\[(\w+)\]\((\w+)\.md\)", path.read_text()):
                self.assertEqual(name, target)
                self.assertTrue((RUNBOOKS / f"{target}.md").exists(), f"{path.name}: {target}")
            for mentioned in re.findall(r"\bCaliwatch[A-Z]\w+", path.read_text()):
                self.assertTrue((RUNBOOKS / f"{mentioned}.md").exists(), f"{path.name}: {mentioned}")

    def test_every_check_that_matters_belongs_to_exactly_one_alert_and_its_runbook_says_so(self):
        told = [check for path in RUNBOOKS.glob("*.md") for check in checks_of_runbook(path.stem)]
        matter = {check for check, severity in all_checks().items() if severity in ("critical", "warning")}
        by_others = set().union(*OF_NODES_THEMSELVES.values())
        self.assertLessEqual(by_others, matter)
        self.assertLessEqual(OF_NODES_THEMSELVES.keys(), {alert["alert"] for alert in alerts()})
        self.assertEqual(sorted(told), sorted(matter - by_others))

    def test_the_checks_of_a_runbook_are_those_that_its_alert_looks_at(self):
        for name in {alert["alert"] for alert in alerts()}:
            (alert, *_) = [alert for alert in alerts() if alert["alert"] == name]
            listed = set(checks_of_runbook(name))
            everything = with_records(alert["expr"])
            self.assertLessEqual(checks_selected(alert["expr"]), listed, name)
            for check in listed:
                seen = MEASURED[check] in everything if check in MEASURED else check in checks_selected(everything)
                self.assertTrue(seen, f"{name} does not look at {check}")


if __name__ == "__main__":
    run_tests(lab=False)
