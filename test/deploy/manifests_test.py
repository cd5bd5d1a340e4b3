# SPDX-License-Identifier: Apache-2.0
"""The plain Kubernetes manifests: they belong together, and the agent gets no right that it does not need."""

import os
import re
import shutil
import tempfile
import unittest
from pathlib import Path

from deploy import chart
from harness.documents import documents, yaml
from harness.main import run_tests
from harness.program import built
from harness.tools import ROOT, go_tool, run

FOLDER = "deploy/kubernetes"


class ManifestsTest(unittest.TestCase):
    def setUp(self):
        (self.namespace,) = documents(f"{FOLDER}/namespace.yaml")
        self.account, self.daemonset = documents(f"{FOLDER}/daemonset.yaml")
        (self.podmonitor,) = documents(f"{FOLDER}/podmonitor.yaml")
        self.template = self.daemonset["spec"]["template"]
        self.pod = self.template["spec"]
        (self.container,) = self.pod["containers"]

    def argument(self, name):
        (value,) = [a.split("=", 1)[1] for a in self.container["args"] if a.startswith(f"--{name}=")]
        return value

    def test_the_agent_runs_as_nobody_in_group_0_without_any_capability(self):
        self.assertEqual(
            self.pod["securityContext"],
            {"runAsNonRoot": True, "runAsUser": 65534, "runAsGroup": 0, "seccompProfile": {"type": "RuntimeDefault"}},
        )
        self.assertEqual(
            self.container["securityContext"],
            {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}},
        )

    def test_the_agent_sees_the_hosts_network_and_nothing_else_of_the_host_or_the_cluster(self):
        self.assertTrue(self.pod["hostNetwork"])
        self.assertFalse({"hostPID", "hostIPC"} & self.pod.keys())
        self.assertIs(self.pod["automountServiceAccountToken"], False)
        self.assertEqual(self.pod["serviceAccountName"], self.account["metadata"]["name"])
        self.assertIs(self.account["automountServiceAccountToken"], False)

    def test_every_mount_of_the_host_is_a_read_only_directory_of_calico_that_either_side_may_make(self):
        volumes = {volume["name"]: volume["hostPath"] for volume in self.pod["volumes"] if volume["name"] != "state"}
        mounts = {mount["name"]: mount for mount in self.container["volumeMounts"] if mount["name"] != "state"}
        self.assertEqual(volumes.keys(), mounts.keys())
        self.assertEqual({v["path"] for v in volumes.values()}, {"/var/run/calico", "/var/lib/calico"})
        for name, mount in mounts.items():
            self.assertIs(mount["readOnly"], True)
            self.assertNotIn("subPath", mount)
            self.assertEqual(volumes[name]["type"], "DirectoryOrCreate")

    def test_looking_into_pods_adds_one_capability_one_mount_and_two_flags_and_nothing_else(self):
        (patch,) = documents(f"{FOLDER}/check-pods.yaml")
        self.assertEqual(patch["metadata"], {"name": "caliwatch", "namespace": "caliwatch"})
        pod = patch["spec"]["template"]["spec"]
        self.assertEqual(pod["securityContext"], {"runAsNonRoot": False, "runAsUser": 0})
        (container,) = pod["containers"]
        self.assertEqual(container["name"], self.container["name"])
        self.assertEqual(container["args"], [*self.container["args"], "--check.pods", "--netns.dir=/run/netns"])
        self.assertEqual(container["securityContext"], {"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN"]}})
        self.assertEqual(
            container["volumeMounts"],
            [{"name": "netns", "mountPath": "/run/netns", "readOnly": True, "mountPropagation": "HostToContainer"}],
        )
        self.assertEqual([volume["hostPath"]["path"] for volume in pod["volumes"]], ["/run/netns"])

    def test_the_agent_is_told_where_the_directories_are_mounted(self):
        mounts = {mount["mountPath"] for mount in self.container["volumeMounts"] if mount["name"] != "state"}
        self.assertEqual(mounts, {self.argument("calico.run-dir"), self.argument("calico.lib-dir")})

    def test_the_state_is_kept_in_a_volume_of_the_pods_own(self):
        (volume,) = [volume for volume in self.pod["volumes"] if volume["name"] == "state"]
        self.assertIn("sizeLimit", volume["emptyDir"])
        (mount,) = [mount for mount in self.container["volumeMounts"] if mount["name"] == "state"]
        self.assertEqual(self.argument("state.file").rpartition("/")[0], mount["mountPath"])

    def test_every_argument_is_a_flag_of_the_agent(self):
        program = built()
        command, *flags = self.container["args"]
        self.assertEqual(command, "agent")
        answer = run(program, *self.container["args"], "--help")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        for flag in flags:
            self.assertRegex(answer.stdout, rf"(?m)^\s*{re.escape(flag.split('=')[0])}\b")

    def test_a_node_in_trouble_keeps_its_agent(self):
        tolerated = {t["effect"] for t in self.pod["tolerations"] if t["operator"] == "Exists" and "key" not in t}
        self.assertEqual(tolerated, {"NoSchedule", "NoExecute"})
        self.assertEqual(self.pod["priorityClassName"], "system-node-critical")
        self.assertEqual(self.pod["nodeSelector"], {"kubernetes.io/os": "linux"})

    def test_ports_probes_and_monitor_all_mean_addresses_that_the_agent_listens_on(self):
        (port,) = self.container["ports"]
        self.assertEqual(self.argument("web.listen-address"), f":{port['containerPort']}")
        self.assertEqual(port["hostPort"], port["containerPort"])
        for probe, path in (("livenessProbe", "/-/healthy"), ("readinessProbe", "/-/ready")):
            host, _, health_port = self.argument("web.health-address").rpartition(":")
            self.assertEqual(self.container[probe]["httpGet"], {"host": host, "path": path, "port": int(health_port)})
        (endpoint,) = self.podmonitor["spec"]["podMetricsEndpoints"]
        self.assertEqual(endpoint["port"], port["name"])

    def test_selectors_select_the_pods_and_the_monitor_gives_them_the_job_of_the_rules(self):
        labels = self.template["metadata"]["labels"]
        self.assertLessEqual(self.daemonset["spec"]["selector"]["matchLabels"].items(), labels.items())
        self.assertLessEqual(self.podmonitor["spec"]["selector"]["matchLabels"].items(), labels.items())
        (endpoint,) = self.podmonitor["spec"]["podMetricsEndpoints"]
        made = {rule["targetLabel"]: rule for rule in endpoint["relabelings"] if rule["action"] == "replace"}
        self.assertEqual(made["job"]["replacement"], "caliwatch")
        self.assertEqual(made["instance"]["sourceLabels"], ["__meta_kubernetes_pod_node_name"])

    def test_the_namespace_admits_a_pod_on_the_hosts_network(self):
        self.assertEqual(self.namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"], "privileged")
        for manifest in (self.account, self.daemonset, self.podmonitor):
            self.assertEqual(manifest["metadata"]["namespace"], self.namespace["metadata"]["name"])

    def test_memory_is_bounded_and_polls_are_not_throttled(self):
        resources = self.container["resources"]
        self.assertIn("memory", resources["limits"])
        self.assertNotIn("cpu", resources["limits"])
        self.assertLessEqual({"cpu", "memory"}, resources["requests"].keys())


class IpamTest(unittest.TestCase):
    """What each of them may, chart_rights_test says of the chart that they are made of."""

    def setUp(self):
        self.made = {one["kind"]: one for one in documents(f"{FOLDER}/ipam.yaml")}
        self.template = self.made["Deployment"]["spec"]["template"]
        (self.container,) = self.template["spec"]["containers"]

    def test_there_is_one_pod_with_an_account_of_its_own_and_what_leads_to_it(self):
        self.assertEqual(
            list(self.made), ["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Deployment", "Service"]
        )
        self.assertEqual(self.made["Deployment"]["spec"]["replicas"], 1)
        account = self.made["ServiceAccount"]["metadata"]["name"]
        self.assertEqual(self.template["spec"]["serviceAccountName"], account)
        self.assertEqual(self.made["ClusterRoleBinding"]["subjects"][0]["name"], account)
        (monitor,) = documents(f"{FOLDER}/ipam-podmonitor.yaml")
        for selector in (self.made["Service"]["spec"]["selector"], monitor["spec"]["selector"]["matchLabels"]):
            self.assertLessEqual(selector.items(), self.template["metadata"]["labels"].items())
        (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
        self.assertEqual(endpoint["port"], self.container["ports"][0]["name"])
        made = {rule.get("targetLabel"): rule for rule in endpoint["relabelings"]}
        self.assertEqual(made["job"]["replacement"], "caliwatch-ipam")

    def test_the_agents_selectors_do_not_take_it_for_one_of_them(self):
        _, daemonset = documents(f"{FOLDER}/daemonset.yaml")
        (monitor,) = documents(f"{FOLDER}/podmonitor.yaml")
        for selector in (daemonset["spec"]["selector"]["matchLabels"], monitor["spec"]["selector"]["matchLabels"]):
            self.assertFalse(selector.items() <= self.template["metadata"]["labels"].items())

    def test_it_asks_the_agents_at_their_port_and_listens_where_its_probes_ask(self):
        _, daemonset = documents(f"{FOLDER}/daemonset.yaml")
        (agents,) = daemonset["spec"]["template"]["spec"]["containers"][0]["ports"]
        arguments = self.container["args"]
        self.assertEqual(arguments[:2], ["ipam", "--serve"])
        self.assertIn(f"--agents=nodes:{agents['containerPort']}", arguments)
        (port,) = self.container["ports"]
        self.assertIn(f"--listen=:{port['containerPort']}", arguments)
        for probe, path in (("livenessProbe", "/-/healthy"), ("readinessProbe", "/-/ready")):
            self.assertEqual(self.container[probe]["httpGet"], {"path": path, "port": port["name"]})

    def test_memory_is_bounded(self):
        self.assertIn("memory", self.container["resources"]["limits"])
        self.assertNotIn("cpu", self.container["resources"]["limits"])


def kustomized(folder):
    """{kind: document}"""
    answer = run("kubectl", "kustomize", str(folder))
    if answer.returncode:
        raise AssertionError(answer.stderr)
    return {document["kind"]: document for document in yaml.safe_load_all(answer.stdout)}


class KustomizationTest(unittest.TestCase):
    def setUp(self):
        (self.kustomization,) = documents(f"{FOLDER}/kustomization.yaml")
        self.images = {image["name"]: f"{image['newName']}:{image['newTag']}" for image in self.kustomization["images"]}

    def test_it_lists_files_that_exist_and_leaves_the_operators_resource_to_those_who_have_it(self):
        self.assertEqual(self.kustomization["resources"], ["namespace.yaml", "daemonset.yaml", "service.yaml"])
        kinds = {made["kind"] for name in self.kustomization["resources"] for made in documents(f"{FOLDER}/{name}")}
        self.assertEqual(kinds, {"Namespace", "ServiceAccount", "DaemonSet", "Service"})

    def test_kustomize_puts_the_users_image_into_the_daemonset(self):
        if not shutil.which("kubectl"):
            self.skipTest("kubectl is missing")
        (container,) = kustomized(ROOT / FOLDER)["DaemonSet"]["spec"]["template"]["spec"]["containers"]
        self.assertEqual(container["image"], self.images["caliwatch"])

    def test_what_looks_at_ipam_is_a_line_to_uncomment_and_gets_an_image_of_its_own(self):
        if not shutil.which("kubectl"):
            self.skipTest("kubectl is missing")
        with tempfile.TemporaryDirectory() as folder:
            for path in (ROOT / FOLDER).glob("*.yaml"):
                text = path.read_text()
                if path.name == "kustomization.yaml":
                    self.assertIn("#  - ipam.yaml\n", text)
                    text = text.replace("#  - ipam.yaml", "  - ipam.yaml")
                Path(folder, path.name).write_text(text)
            made = kustomized(folder)
        (container,) = made["Deployment"]["spec"]["template"]["spec"]["containers"]
        self.assertEqual(container["image"], self.images["caliwatch-ipam"])


class FromTheChartTest(unittest.TestCase):
    def test_the_files_are_what_the_chart_renders(self):
        with tempfile.TemporaryDirectory() as folder:
            answer = run(str(ROOT / FOLDER / "write-manifests"), folder, env={**os.environ, "HELM": go_tool("helm")})
            self.assertEqual((answer.returncode, answer.stderr), (0, ""))
            for path in sorted(Path(folder).iterdir()):
                self.assertEqual(
                    path.read_text(), (ROOT / FOLDER / path.name).read_text(), "run deploy/kubernetes/write-manifests"
                )
            made = ["daemonset.yaml", "ipam-podmonitor.yaml", "ipam.yaml", "podmonitor.yaml", "service.yaml"]
            self.assertEqual(sorted(os.listdir(folder)), made)

    def test_the_patch_for_pods_makes_of_the_daemonset_what_the_chart_makes_with_that_value(self):
        if not shutil.which("kubectl"):
            self.skipTest("kubectl is missing")
        with tempfile.TemporaryDirectory() as folder:
            for path in (ROOT / FOLDER).glob("*.yaml"):
                text = path.read_text()
                if path.name == "kustomization.yaml":
                    text = text.replace("# patches:", "patches:").replace("#   - path: check", "  - path: check")
                Path(folder, path.name).write_text(text)
            patched = kustomized(folder)["DaemonSet"]["spec"]["template"]["spec"]
        (rendered,) = [
            document
            for document in chart.rendered("--set=checkPods.enabled=true", "--namespace=caliwatch")
            if document["kind"] == "DaemonSet"
        ]
        wanted = rendered["spec"]["template"]["spec"]
        patched["containers"][0]["image"] = wanted["containers"][0]["image"]
        for spec in (patched, wanted):
            spec["volumes"].sort(key=lambda volume: volume["name"])
            spec["containers"][0]["volumeMounts"].sort(key=lambda mount: mount["name"])
        self.assertEqual(patched, wanted)


if __name__ == "__main__":
    run_tests(lab=False)
