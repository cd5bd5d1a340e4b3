# SPDX-License-Identifier: Apache-2.0
"""The chart: helm takes it, wrong values are refused by name, and what it renders belongs together. Whether an API
server takes it is not asked here."""

import json
import re
import tempfile
import unittest
from pathlib import Path

from deploy import chart, chart_table
from harness.documents import documents, yaml
from harness.main import run_tests
from harness.program import built
from harness.tools import ROOT, run, unpacked_tool

SCHEMA = json.loads((chart.FOLDER / "values.schema.json").read_text())
CLUSTER_WIDE = {"ClusterRole", "ClusterRoleBinding", "SecurityContextConstraints"}
AGENT = {"ServiceAccount", "Service", "DaemonSet"}


def agent_of(document):
    return document["spec"]["template"]["spec"]["containers"][0]


def of_component(name, objects):
    """{kind: the object} of those that belong to the agents, or to ipam."""
    of_it = [made for made in objects if made["metadata"]["labels"]["app.kubernetes.io/component"] == name]
    return {made["kind"]: made for made in of_it}


class LintTest(unittest.TestCase):
    def test_helm_finds_no_fault_with_any_of_the_examples(self):
        self.assertGreaterEqual(len(chart.EXAMPLES), 4)
        for values in chart.EXAMPLES:
            answer = chart.helm("lint", "--strict", str(chart.FOLDER), f"--values={values}")
            self.assertEqual(answer.returncode, 0, f"{values.name}: {answer.stdout}{answer.stderr}")
            self.assertNotIn("[WARN", answer.stdout, values.name)

    def test_it_is_of_the_programs_version(self):
        (about,) = documents("deploy/chart/Chart.yaml")
        version = re.search(r"(?m)^project\(.*?VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text(), re.S)[1]
        self.assertEqual((about["version"], about["appVersion"]), (version, version))


class ValuesTest(unittest.TestCase):
    def test_the_schema_knows_each_value_and_no_other(self):
        def compare(values, schema, place):
            if "properties" not in schema or values == {}:
                return
            self.assertIs(schema["additionalProperties"], False, place)
            self.assertEqual(values.keys(), schema["properties"].keys() - {"global"}, place)
            for key, value in values.items():
                compare(value, schema["properties"][key], f"{place}.{key}")

        (values,) = documents("deploy/chart/values.yaml")
        compare(values, SCHEMA, "values")

    def test_a_wrong_value_is_refused_by_its_name(self):
        for wrong, named in (
            ("monitoring.kind=pod", "monitoring/kind"), ("calico.hostPaths=minikube", "calico/hostPaths"),
            ("calico.runHostPath=run/calico", "calico/runHostPath"), ("size=huge", "size"), ("port=0", "port"),
            ("port=metrics", "port"), ("image.digest=latest", "image/digest"), ("maxUnavailable=0%", "maxUnavailable"),
            ("monitoring.interval=15", "monitoring/interval"),
            ("imagePullSecrets[0].nam=x", "imagePullSecrets/0"),
            ("rules.severities.CaliwatchNodeLost=page", "CaliwatchNodeLost"),
            ("rules.for.CaliwatchNodeLost=soon", "CaliwatchNodeLost"),
            ("rules.disabled={NodeLost}", "rules/disabled"),
            ("rules.clusterLabel=k8s-cluster", "rules/clusterLabel"), ("rules.runbookUrl=docs", "rules/runbookUrl"),
            ("extraArgs={poll.interval=10s}", "extraArgs"), ("dashboards.kind=grafana", "dashboards/kind"),
            ("monitering.kind=none", "monitering"), ("checkPods.enable=true", "enable"),
            ("ipam.agents=all", "ipam/agents"),
            ("ipam.etcd.endpoints=10.0.0.1:2379", "ipam/etcd/endpoints"), ("ipam.etcd.keys.ETCD_KEY=key", "ETCD_KEY"),
            ("ipam.etcd.endpoints=https://user:word@etcd:2379", "ipam/etcd/endpoints"), ("ipam.port=80", "ipam/port"),
        ):  # fmt: skip
            with self.subTest(wrong):
                self.assertIn(named, chart.refusal(chart.IMAGE, "--set", wrong))

    def test_what_does_not_go_together_is_refused_with_what_to_do(self):
        self.assertIn("--set image.repository=", chart.refusal())
        self.assertIn("there is no alert CaliwatchSun", chart.refusal(
            chart.IMAGE, "--set=monitoring.kind=podMonitor", "--set=rules.disabled={CaliwatchSun}"))  # fmt: skip
        self.assertIn("take serviceMonitor", chart.refusal(
            chart.IMAGE, "--set=monitoring.kind=podMonitor", "--set=kubeRbacProxy.enabled=true"))  # fmt: skip
        self.assertIn("service.enabled", chart.refusal(
            chart.IMAGE, "--set=monitoring.kind=serviceMonitor", "--set=service.enabled=false"))  # fmt: skip
        self.assertIn("ipam.agents: behind kubeRbacProxy", chart.refusal(
            chart.IMAGE, "--set=ipam.enabled=true", "--set=kubeRbacProxy.enabled=true"))  # fmt: skip

    def test_the_table_of_the_readme_is_made_of_the_values(self):
        page = chart_table.PAGE.read_text()
        self.assertEqual(page, chart_table.text(page), "run `make docs`")
        told = [tuple(path.split(".")) for path in re.findall(r"(?m)^\| `([\w.]+)` \|", page)]
        for path, _ in chart_table.commented_keys():
            if chart_table.value(path) is not None and not isinstance(chart_table.value(path), dict):
                self.assertTrue(any(path[: len(above)] == above for above in told), path)
        self.assertEqual(re.findall(r"(?m)^\| `\S+` \| .* \|  \|$", page), [], "a value without a comment")


class ObjectsTest(unittest.TestCase):
    """Of each example."""

    def objects(self):
        for values in chart.EXAMPLES:
            yield values.name.removesuffix("-values.yaml"), chart.rendered(f"--values={values}")

    def test_there_is_what_was_asked_for_and_nothing_else(self):
        kinds = {name: sorted({made["kind"] for made in objects} - AGENT) for name, objects in self.objects()}
        self.assertEqual(kinds, {
            "default": [],
            "ipam": ["ClusterRole", "ClusterRoleBinding", "Deployment", "PrometheusRule", "ServiceMonitor"],
            "ipam-etcd": ["Deployment"],
            "kube-prometheus-stack": ["ConfigMap", "PodMonitor", "PrometheusRule"],
            "microk8s-pods": [],
            "openshift-proxy": ["ClusterRole", "ClusterRoleBinding", "ConfigMap", "GrafanaDashboard", "PrometheusRule",
                                "SecurityContextConstraints", "ServiceMonitor"],
        })  # fmt: skip

    def test_each_has_the_recommended_labels_a_name_of_its_own_and_a_namespace_where_it_takes_one(self):
        for example, objects in self.objects():
            self.assertEqual(len(objects), len({(made["kind"], made["metadata"]["name"]) for made in objects}))
            for made in objects:
                about = made["metadata"]
                with self.subTest(example, kind=made["kind"], name=about["name"]):
                    self.assertRegex(about["name"], r"^(caliwatch|node-watch)")
                    self.assertEqual("namespace" in about, made["kind"] not in CLUSTER_WIDE)
                    kept = {label.removeprefix("app.kubernetes.io/") for label in about["labels"]}
                    self.assertLessEqual(
                        {"name", "instance", "version", "component", "part-of", "managed-by", "helm.sh/chart"}, kept
                    )

    def test_selectors_ports_and_names_lead_to_the_pods(self):
        for example, objects in self.objects():
            by_kind = of_component("agent", objects)
            template = by_kind["DaemonSet"]["spec"]["template"]
            labels, containers = template["metadata"]["labels"], template["spec"]["containers"]
            (port,) = [port for container in containers for port in container.get("ports", [])]
            with self.subTest(example):
                of_daemonset = by_kind["DaemonSet"]["spec"]["selector"]["matchLabels"]
                for selector in (of_daemonset, by_kind["Service"]["spec"]["selector"]):
                    self.assertEqual(selector.keys(), {"app.kubernetes.io/name", "app.kubernetes.io/instance"})
                    self.assertLessEqual(selector.items(), labels.items())
                self.assertEqual((port["name"], port["containerPort"], port["hostPort"]), ("metrics", 10179, 10179))
                self.assertEqual(by_kind["Service"]["spec"]["ports"][0]["targetPort"], port["name"])
                self.assertEqual(by_kind["Service"]["spec"]["clusterIP"], "None")
                self.assertEqual(template["spec"]["serviceAccountName"], by_kind["ServiceAccount"]["metadata"]["name"])
                for container in containers:
                    mounts = {mount["name"] for mount in container["volumeMounts"]}
                    self.assertLessEqual(mounts, {volume["name"] for volume in template["spec"]["volumes"]})

    def test_what_looks_at_ipam_is_found_by_its_service_and_monitor_and_no_agent_is_taken_for_it(self):
        made = chart.rendered("--set=ipam.enabled=true,monitoring.kind=serviceMonitor")
        agents, ipam = of_component("agent", made), of_component("ipam", made)
        template, port = (
            ipam["Deployment"]["spec"]["template"],
            {"name": "metrics", "containerPort": 10181, "protocol": "TCP"},
        )
        self.assertEqual(agent_of(ipam["Deployment"])["ports"], [port])
        self.assertEqual(template["spec"]["serviceAccountName"], ipam["ServiceAccount"]["metadata"]["name"])
        self.assertEqual(ipam["Deployment"]["spec"]["replicas"], 1)
        selectors = {
            kind: one[kind]["spec"]["selector"].get("matchLabels", one[kind]["spec"]["selector"])
            for one, kind in ((ipam, "Deployment"), (ipam, "Service"), (ipam, "ServiceMonitor"))
        }  # fmt: skip
        for kind, selector in selectors.items():
            labels = (ipam["Service"]["metadata"] if kind == "ServiceMonitor" else template["metadata"])["labels"]
            self.assertLessEqual(selector.items(), labels.items(), kind)
            for other in (agents["Service"]["metadata"], agents["DaemonSet"]["spec"]["template"]["metadata"]):
                self.assertFalse(selector.items() <= other["labels"].items(), kind)
        for kind in ("DaemonSet", "Service", "ServiceMonitor"):
            selector = agents[kind]["spec"]["selector"]
            self.assertFalse(selector.get("matchLabels", selector).items() <= template["metadata"]["labels"].items())
        self.assertEqual(ipam["Service"]["spec"]["ports"][0]["targetPort"], "metrics")

    def test_every_argument_is_a_flag_of_the_command(self):
        for example, objects in self.objects():
            for made in objects:
                if made["kind"] not in ("DaemonSet", "Deployment"):
                    continue
                arguments = agent_of(made)["args"]
                answer = run(built(), *arguments, "--help")
                self.assertEqual(answer.returncode, 0, f"{example}: {answer.stderr}")
                for flag in arguments[1:]:
                    self.assertRegex(answer.stdout, rf"(?m)^\s*{re.escape(flag.split('=')[0])}\b", example)

    def test_two_releases_share_no_name(self):
        both = [made for name in ("one", "other") for made in chart.rendered(
            "--set=kubeRbacProxy.enabled=true", "--set=ipam.enabled=true,ipam.agents=none", "--set=openshift.scc=true",
            chart.OPERATOR, name=name)]  # fmt: skip
        self.assertEqual(len(both), len({(made["kind"], made["metadata"]["name"]) for made in both}))


class MonitorsTest(unittest.TestCase):
    def test_which_one_there_is_goes_by_the_cluster(self):
        def kinds(*arguments):
            return {made["kind"] for made in chart.rendered(*arguments)} - AGENT

        self.assertEqual(kinds(), set())
        self.assertEqual(kinds(chart.OPERATOR), {"PodMonitor", "PrometheusRule"})
        proxy = kinds(chart.OPERATOR, "--set=kubeRbacProxy.enabled=true")
        self.assertEqual(proxy, {"ServiceMonitor", "PrometheusRule", "ClusterRole", "ClusterRoleBinding"})
        self.assertEqual(kinds(chart.OPERATOR, "--set=monitoring.kind=none"), set())
        annotations = chart.one("DaemonSet")["spec"]["template"]["metadata"]["annotations"]
        self.assertEqual(annotations["prometheus.io/port"], "10179")
        annotations = chart.one("DaemonSet", chart.OPERATOR)["spec"]["template"]["metadata"]["annotations"]
        self.assertNotIn("prometheus.io/port", annotations)

    def test_what_looks_at_ipam_is_found_as_the_agents_are_under_a_job_of_its_own(self):
        wanted = ("--set=ipam.enabled=true,monitoring.job=net,monitoring.cluster=prod,monitoring.namespace=prom",
                  "--set=monitoring.additionalLabels.release=stack")  # fmt: skip
        for kind, endpoints in (("podMonitor", "podMetricsEndpoints"), ("serviceMonitor", "endpoints")):
            made = of_component("ipam", chart.rendered(f"--set=monitoring.kind={kind}", *wanted))
            monitor = made[kind[0].upper() + kind[1:]]
            self.assertEqual(
                (monitor["metadata"]["namespace"], monitor["metadata"]["labels"]["release"]), ("prom", "stack")
            )
            (endpoint,) = monitor["spec"][endpoints]
            rules = {rule.get("targetLabel"): rule for rule in endpoint["relabelings"]}
            self.assertEqual((rules["job"]["replacement"], rules["cluster"]["replacement"]), ("net-ipam", "prod"))
            self.assertNotIn("instance", rules)  # it is of no node
        made = of_component("ipam", chart.rendered("--set=ipam.enabled=true,monitoring.kind=annotations"))
        annotations = made["Deployment"]["spec"]["template"]["metadata"]["annotations"]
        self.assertEqual(annotations["prometheus.io/port"], "10181")
        self.assertEqual(of_component("ipam", chart.rendered("--set=monitoring.kind=podMonitor")), {})

    def test_both_select_the_agents_and_name_the_series_as_the_rules_ask_for_them(self):
        labels = chart.one("DaemonSet")["metadata"]["labels"]
        for kind, endpoints in (("podMonitor", "podMetricsEndpoints"), ("serviceMonitor", "endpoints")):
            monitor = chart.one(
                kind[0].upper() + kind[1:], f"--set=monitoring.kind={kind},monitoring.job=net,monitoring.cluster=prod",
                "--set=monitoring.additionalLabels.release=stack,monitoring.namespace=prom",
            )  # fmt: skip
            self.assertEqual(monitor["metadata"]["namespace"], "prom")
            self.assertEqual(monitor["metadata"]["labels"]["release"], "stack")
            self.assertEqual(monitor["spec"]["namespaceSelector"], {"matchNames": ["watch"]})
            self.assertLessEqual(monitor["spec"]["selector"]["matchLabels"].items(), labels.items())
            (endpoint,) = monitor["spec"][endpoints]
            self.assertEqual((endpoint["port"], endpoint["interval"]), ("metrics", "15s"))
            made = {rule.get("targetLabel"): rule for rule in endpoint["relabelings"]}
            self.assertEqual(made["instance"]["sourceLabels"], ["__meta_kubernetes_pod_node_name"])
            self.assertEqual((made["job"]["replacement"], made["cluster"]["replacement"]), ("net", "prod"))
            self.assertTrue(re.fullmatch(made[None]["regex"], "pod"), made[None])

    def test_the_notes_tell_when_nothing_may_select_the_monitor(self):
        told = chart.notes("--set=monitoring.kind=podMonitor")
        self.assertIn("nothing will select this one", told)
        self.assertIn("rules.runbookUrl", told)
        labelled = ("--set=monitoring.kind=podMonitor", "--set=monitoring.additionalLabels.release=stack")
        told = chart.notes(*labelled, "--set=rules.runbookUrl=https://docs.example/runbooks")
        self.assertNotIn("select", told)
        self.assertNotIn("rules.runbookUrl", told)
        self.assertIn("http://NODE:10179/", told)
        self.assertNotIn("port-forward", told)

    def test_the_notes_say_where_ipam_is_told_of_and_what_it_cannot_say(self):
        told = chart.notes("--set=ipam.enabled=true")
        self.assertIn("kubectl -n watch port-forward deployment/caliwatch-ipam 10181", told)
        self.assertNotIn("called leaked", told)
        self.assertIn("called leaked", chart.notes("--set=ipam.enabled=true,ipam.agents=none"))


class RulesTest(unittest.TestCase):
    def rules(self, *arguments):
        made = chart.one("PrometheusRule", "--set=monitoring.kind=podMonitor", *arguments)
        return made, [rule for group in made["spec"]["groups"] for rule in group["rules"]]

    def promtool_takes(self, spec):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "rules.yaml").write_text(yaml.safe_dump(spec))
            command = ("check", "rules", "--lint=all", "--lint-fatal", "rules.yaml")
            answer = run(unpacked_tool("promtool"), *command, cwd=folder)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_without_values_they_are_those_of_the_plain_file(self):
        (plain,) = documents("deploy/prometheus/rules.yaml")
        self.assertEqual(self.rules()[0]["spec"], plain)

    def test_every_value_of_theirs_reaches_every_rule(self):
        _, plain = self.rules()
        made, rules = self.rules(
            "--set=monitoring.job=net,rules.clusterLabel=k8s_cluster,rules.runbookUrl=https://docs.example/r/",
            "--set=rules.disabled={CaliwatchAbsent}",
            "--set=rules.severities.CaliwatchBirdDown=info,rules.for.CaliwatchBirdDown=1h",
            "--set=rules.namespace=prom,rules.additionalLabels.role=alerts,monitoring.additionalLabels.release=stack",
        )
        self.assertEqual(made["metadata"]["namespace"], "prom")
        self.assertEqual(made["metadata"]["labels"]["role"], "alerts")
        self.assertNotIn("release", made["metadata"]["labels"])
        kept = [rule for rule in plain if rule.get("alert") != "CaliwatchAbsent"]
        self.assertEqual(len(rules), len(kept))
        text = yaml.safe_dump(rules, width=10000)
        self.assertNotIn('job="caliwatch"', text)
        self.assertNotIn("caliwatch.example", text)
        self.assertEqual(text.count('job="net"'), yaml.safe_dump(kept, width=10000).count('job="caliwatch"'))
        self.promtool_takes(made["spec"])
        for rule in rules:
            of_labels = re.sub(r"\bcluster(_check)?:\w+", "", rule["expr"] + str(rule.get("annotations")))
            self.assertIsNone(re.search(r"\bcluster[,)=]|labels\.cluster\b", of_labels), rule)
            if rule.get("alert") == "CaliwatchBirdDown":
                self.assertEqual((rule["labels"]["severity"], rule["for"]), ("info", "1h"))
            if "alert" in rule:
                self.assertEqual(
                    rule["annotations"]["runbook_url"], f"https://docs.example/r/{rule['alert']}.md"
                )  # fmt: skip


class DashboardsTest(unittest.TestCase):
    def test_each_is_a_configmap_for_the_sidecar_and_the_operator_with_the_files_own_text(self):
        files = {path.stem: path.read_text() for path in (ROOT / "dashboards").glob("*.json")}
        self.assertEqual(len(files), 4)
        for kind in ("sidecar", "operator"):
            made = chart.rendered(f"--set=dashboards.kind={kind},dashboards.namespace=grafana")
            maps = {one["metadata"]["name"]: one for one in made if one["kind"] == "ConfigMap"}
            self.assertEqual(len(maps), len(files))
            for name, text in files.items():
                found = maps[f"caliwatch-dashboard-{name}"]
                self.assertEqual(json.loads(found["data"][f"caliwatch-{name}.json"]), json.loads(text))
                self.assertEqual(found["metadata"]["labels"]["grafana_dashboard"], "1")
                self.assertEqual(found["metadata"]["namespace"], "grafana")
            shown = [one["spec"]["configMapRef"] for one in made if one["kind"] == "GrafanaDashboard"]
            wanted = [{"name": name, "key": next(iter(one["data"]))} for name, one in maps.items()]
            self.assertEqual(shown, wanted if kind == "operator" else [])


if __name__ == "__main__":
    run_tests(lab=False)
