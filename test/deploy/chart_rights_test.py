# SPDX-License-Identifier: Apache-2.0
"""The rights that the chart asks for: by default the least, and with each value that adds some, those and no other."""

import copy
import unittest

from deploy import chart
from harness.main import run_tests

CALICO = {"calico-run": "/var/run/calico", "calico-lib": "/var/lib/calico"}


def pod(*arguments):
    return chart.one("DaemonSet", *arguments)["spec"]["template"]["spec"]


def folders(spec):
    """{volume: folder of the host}"""
    return {volume["name"]: volume["hostPath"]["path"] for volume in spec["volumes"] if "hostPath" in volume}


class RightsTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.plain = pod()

    def assert_adds(self, made, wanted):
        """wanted: changes a copy of the plain pod to what there is to be."""
        expected = copy.deepcopy(self.plain)
        wanted(expected, expected["containers"][0])
        self.assertEqual(made, expected)

    def test_by_default_it_is_nobody_in_group_0_without_capability_or_token_and_sees_two_folders(self):
        self.assertEqual(
            self.plain["securityContext"],
            {"runAsNonRoot": True, "runAsUser": 65534, "runAsGroup": 0, "seccompProfile": {"type": "RuntimeDefault"}},
        )
        (container,) = self.plain["containers"]
        self.assertEqual(
            container["securityContext"],
            {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}},
        )
        self.assertIs(self.plain["automountServiceAccountToken"], False)
        self.assertIs(chart.one("ServiceAccount")["automountServiceAccountToken"], False)
        self.assertTrue(self.plain["hostNetwork"])
        self.assertFalse({"hostPID", "hostIPC", "shareProcessNamespace", "initContainers"} & self.plain.keys())
        self.assertEqual(folders(self.plain), CALICO)
        self.assertEqual([one["name"] for one in self.plain["volumes"] if "hostPath" not in one], ["state"])
        writable = [mount["name"] for mount in container["volumeMounts"] if not mount.get("readOnly")]
        self.assertEqual(writable, ["state"])

    def test_looking_into_pods_adds_uid_0_one_capability_one_mount_and_two_flags(self):
        def wanted(spec, container):
            spec["securityContext"] |= {"runAsNonRoot": False, "runAsUser": 0}
            container["securityContext"]["capabilities"]["add"] = ["SYS_ADMIN"]
            container["args"] += ["--check.pods", "--netns.dir=/run/netns"]
            container["volumeMounts"].append(
                {"name": "netns", "mountPath": "/run/netns", "readOnly": True, "mountPropagation": "HostToContainer"}
            )
            spec["volumes"].append({"name": "netns", "hostPath": {"path": "/run/netns", "type": "DirectoryOrCreate"}})

        self.assert_adds(pod("--set=checkPods.enabled=true"), wanted)

    def test_the_cni_plugins_token_adds_one_mount(self):
        def wanted(spec, container):
            container["volumeMounts"].append({"name": "cni-net", "mountPath": "/etc/cni/net.d", "readOnly": True})
            spec["volumes"].append(
                {"name": "cni-net", "hostPath": {"path": "/etc/cni/net.d", "type": "DirectoryOrCreate"}}
            )

        self.assert_adds(pod("--set=cniToken.enabled=true"), wanted)

    def test_selinux_options_are_the_containers_own(self):
        def wanted(_, container):
            container["securityContext"]["seLinuxOptions"] = {"type": "spc_t"}

        self.assert_adds(pod("--set=seLinuxOptions.type=spc_t"), wanted)

    def test_behind_the_proxy_the_agent_has_the_loopback_alone_and_the_token_is_the_proxys(self):
        made = pod("--set=kubeRbacProxy.enabled=true")
        proxy = made["containers"].pop(1)

        def wanted(spec, container):
            container["args"][1] = "--web.listen-address=127.0.0.1:10181"
            del container["ports"]
            spec["volumes"].append(made["volumes"][-1])

        self.assert_adds(made, wanted)
        self.assertIn("--upstream=http://127.0.0.1:10181/", proxy["args"])
        self.assertIn("--secure-listen-address=:10179", proxy["args"])
        self.assertEqual([mount["name"] for mount in proxy["volumeMounts"]], ["proxy-token"])
        self.assertEqual(
            proxy["securityContext"],
            {"runAsNonRoot": True, "runAsUser": 65534, "runAsGroup": 65534, "allowPrivilegeEscalation": False,
             "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}},
        )  # fmt: skip
        sources = [next(iter(source)) for source in made["volumes"][-1]["projected"]["sources"]]
        self.assertEqual(sources, ["serviceAccountToken", "configMap", "downwardAPI"])

    def test_the_proxy_may_ask_who_somebody_is_and_what_he_may_and_nothing_else(self):
        role = chart.one("ClusterRole", "--set=kubeRbacProxy.enabled=true")
        self.assertEqual(
            [(rule["apiGroups"], rule["resources"], rule["verbs"]) for rule in role["rules"]],
            [(["authentication.k8s.io"], ["tokenreviews"], ["create"]),
             (["authorization.k8s.io"], ["subjectaccessreviews"], ["create"])],
        )  # fmt: skip
        binding = chart.one("ClusterRoleBinding", "--set=kubeRbacProxy.enabled=true")
        self.assertEqual(binding["roleRef"]["name"], role["metadata"]["name"])
        self.assertEqual(
            binding["subjects"], [{"kind": "ServiceAccount", "name": "caliwatch", "namespace": "watch"}]
        )  # fmt: skip

    def test_a_certificate_is_the_proxys_too(self):
        made = pod("--set=kubeRbacProxy.enabled=true,kubeRbacProxy.tlsSecret=cert")
        agent, proxy = made["containers"]
        self.assertIn("--tls-cert-file=/etc/tls/private/tls.crt", proxy["args"])
        self.assertEqual([one["name"] for one in proxy["volumeMounts"]], ["proxy-token", "proxy-tls"])
        self.assertEqual([one["name"] for one in agent["volumeMounts"]], ["calico-run", "calico-lib", "state"])

    def test_openshift_allows_what_the_pod_asks_for_and_nothing_else(self):
        plain = chart.one("SecurityContextConstraints", "--set=openshift.scc=true")
        self.assertEqual(plain["runAsUser"], {"type": "MustRunAs", "uid": 65534})
        self.assertEqual(plain["allowedCapabilities"], [])
        self.assertEqual(plain["volumes"], ["emptyDir", "hostPath"])
        self.assertEqual(plain["users"], ["system:serviceaccount:watch:caliwatch"])
        allowed = {name for name, value in plain.items() if name.startswith("allow") and value is True}
        self.assertEqual(allowed, {"allowHostNetwork", "allowHostPorts", "allowHostDirVolumePlugin"})
        pods = chart.one("SecurityContextConstraints", "--set=openshift.scc=true,checkPods.enabled=true")
        self.assertEqual((pods["runAsUser"], pods["allowedCapabilities"]), ({"type": "RunAsAny"}, ["SYS_ADMIN"]))


class HostPathsTest(unittest.TestCase):
    def test_each_distribution_has_calicos_folders_where_it_keeps_them(self):
        snap = "/var/snap/microk8s/current"
        at_snap = {"calico-run": f"{snap}/var/run/calico", "calico-lib": f"{snap}/var/lib/calico"}
        cni = {"microk8s": f"{snap}/args/cni-network", "openshift": "/var/run/multus/cni/net.d"}
        for preset in ("default", "k0s", "k3s", "rke2", "talos", "microk8s", "openshift"):
            made = pod(f"--set=calico.hostPaths={preset},cniToken.enabled=true")
            calico = at_snap if preset == "microk8s" else CALICO
            self.assertEqual(folders(made), {**calico, "cni-net": cni.get(preset, "/etc/cni/net.d")}, preset)
            felix = [arg for arg in made["containers"][0]["args"] if arg.startswith("--felix")]
            self.assertEqual(felix, ["--felix.health-address=localhost:9199"] if preset == "openshift" else [])

    def test_a_folder_that_is_named_goes_before_the_preset_and_is_mounted_where_the_agent_looks(self):
        made = pod("--set=calico.hostPaths=microk8s,calico.runHostPath=/srv/run,cniToken.enabled=true")
        self.assertEqual(folders(made)["calico-run"], "/srv/run")
        self.assertEqual(folders(made)["calico-lib"], "/var/snap/microk8s/current/var/lib/calico")
        mounted = {mount["name"]: mount["mountPath"] for mount in made["containers"][0]["volumeMounts"]}
        self.assertEqual({name: mounted[name] for name in CALICO}, CALICO)


if __name__ == "__main__":
    run_tests(lab=False)
