# SPDX-License-Identifier: Apache-2.0
"""The rights that the chart asks for: by default the least, and with each value that adds some, those and no other."""

import copy
import re
import unittest

from deploy import chart
from harness.main import run_tests
from harness.tools import ROOT

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
            for flag in ("--probe.nodes", "--cluster.nodes=dns:caliwatch.watch.svc:10179"):
                container["args"].remove(flag)  # nobody would answer
            del spec["dnsPolicy"]
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


class IpamTest(unittest.TestCase):
    """The one pod that may ask the API server, or etcd."""

    COMPARED = {
        "": ["nodes", "pods", "services"],
        "crd.projectcalico.org": ["blockaffinities", "clusterinformations", "ipamblocks", "ipamconfigs", "ipamhandles",
                                  "ippools", "ipreservations"],
    }  # fmt: skip

    def made(self, *arguments):
        objects = chart.rendered("--set=ipam.enabled=true", *arguments)
        return {(one["kind"], one["metadata"]["name"]): one for one in objects}

    def pod(self, *arguments):
        return self.made(*arguments)["Deployment", "caliwatch-ipam"]["spec"]["template"]["spec"]

    def test_it_may_list_and_watch_what_it_compares_and_nothing_else(self):
        made = self.made()
        core, calicos = made["ClusterRole", "caliwatch-ipam"]["rules"]
        groups = [*core["apiGroups"], *calicos["apiGroups"]]
        self.assertEqual(groups, ["", "crd.projectcalico.org", "projectcalico.org"])
        self.assertEqual([core["resources"], calicos["resources"]], list(self.COMPARED.values()))
        for rule in (core, calicos):
            self.assertEqual(rule.keys(), {"apiGroups", "resources", "verbs"})
            self.assertEqual(rule["verbs"], ["list", "watch"])
        binding = made["ClusterRoleBinding", "caliwatch-ipam"]
        self.assertEqual(binding["roleRef"]["name"], "caliwatch-ipam")
        account = {"kind": "ServiceAccount", "name": "caliwatch-ipam", "namespace": "watch"}
        self.assertEqual(binding["subjects"], [account])
        roles = {kind for kind, _ in made if "Role" in kind}
        self.assertEqual(roles, {"ClusterRole", "ClusterRoleBinding"})

    def test_what_it_may_read_is_what_its_source_asks_for(self):
        source = (ROOT / "agent/cluster/api_kind.cc").read_text()
        asked = re.findall(r'\{"([A-Z]\w+)", "(\w+)", "\w*"(, false)?\}', source)
        self.assertEqual(sorted(plural for _, plural, core in asked if core), self.COMPARED[""])
        calicos = sorted(plural for _, plural, core in asked if not core)
        self.assertEqual(calicos, self.COMPARED["crd.projectcalico.org"])
        for group in ("crd.projectcalico.org/v1/", "projectcalico.org/v3/"):
            self.assertIn(f'"{group}"', source)

    def test_it_is_a_pod_like_any_other_without_anything_of_the_host(self):
        spec = self.pod()
        self.assertEqual(spec["securityContext"], {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}})
        (container,) = spec["containers"]
        self.assertEqual(
            container["securityContext"],
            {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}},
        )
        self.assertIs(spec["automountServiceAccountToken"], True)
        self.assertFalse({"hostNetwork", "hostPID", "hostIPC", "volumes", "initContainers"} & spec.keys())
        self.assertFalse({"volumeMounts", "env"} & container.keys())
        self.assertFalse({"hostPort"} & container["ports"][0].keys())

    def test_it_holds_the_nodes_against_each_other_where_their_agents_can_be_asked(self):
        def flags(*arguments):
            (container,) = self.pod(*arguments)["containers"]
            return [flag for flag in container["args"] if flag.startswith("--cluster.nodes")]

        self.assertEqual(flags(), ["--cluster.nodes=dns:caliwatch.watch.svc:10179"])
        self.assertEqual(flags("--set=port=9000"), ["--cluster.nodes=dns:caliwatch.watch.svc:9000"])
        for value in ("clusterPage.enabled=false", "service.enabled=false", "ipam.agents=none"):
            self.assertEqual(flags(f"--set={value}"), [], value)
        self.assertEqual(flags("--set=kubeRbacProxy.enabled=true,ipam.agents=none"), [])

    def test_the_agents_get_nothing_of_it(self):
        with_it, without = chart.rendered("--set=ipam.enabled=true"), chart.rendered()
        self.assertEqual([one for one in with_it if "ipam" not in one["metadata"]["name"]], without)

    def test_calicos_etcd_takes_a_secret_and_no_token_and_no_role(self):
        etcd = ("--set=ipam.etcd.endpoints=https://10.0.0.1:2379", "--set=ipam.etcd.secretName=calico-etcd-secrets")
        spec = self.pod(*etcd)
        self.assertIs(spec["automountServiceAccountToken"], False)
        self.assertEqual([kind for kind, _ in self.made(*etcd) if "Role" in kind], [])
        (container,) = spec["containers"]
        self.assertIn("--etcd", container["args"])
        (mount,) = container["volumeMounts"]
        self.assertIs(mount["readOnly"], True)
        (volume,) = spec["volumes"]
        self.assertEqual(volume["secret"]["secretName"], "calico-etcd-secrets")
        files = {f"{mount['mountPath']}/{one['path']}" for one in volume["secret"]["items"]}
        told = {one["name"]: one.get("value") for one in container["env"]}
        self.assertEqual(told.pop("ETCD_ENDPOINTS"), "https://10.0.0.1:2379")
        self.assertEqual(told.keys(), {"ETCD_CA_CERT_FILE", "ETCD_CERT_FILE", "ETCD_KEY_FILE"})
        self.assertEqual(set(told.values()), files)
        # Owned by root and by this group, whose the process is.
        self.assertEqual((volume["secret"]["defaultMode"], spec["securityContext"]["fsGroup"]), (0o440, 65534))

    def test_a_password_is_never_in_the_manifest(self):
        keys = [f"--set=ipam.etcd.keys.ETCD_{key}" for key in ("USERNAME=user", "PASSWORD=word", "KEY_FILE=")]
        spec = self.pod("--set=ipam.etcd.endpoints=https://e:2379,ipam.etcd.secretName=s", *keys)
        env = {one["name"]: one for one in spec["containers"][0]["env"]}
        self.assertEqual(env["ETCD_PASSWORD"]["valueFrom"], {"secretKeyRef": {"name": "s", "key": "word"}})
        self.assertNotIn("value", env["ETCD_USERNAME"])
        self.assertNotIn("ETCD_KEY_FILE", env)
        mounted = [one["key"] for one in spec["volumes"][0]["secret"]["items"]]
        self.assertEqual(mounted, ["etcd-ca", "etcd-cert"])

    def test_without_a_secret_nothing_is_mounted(self):
        spec = self.pod("--set=ipam.etcd.endpoints=http://e:2379")
        self.assertNotIn("volumes", spec)
        self.assertEqual([one["name"] for one in spec["containers"][0]["env"]], ["ETCD_ENDPOINTS"])

    def test_it_asks_the_agents_where_they_listen(self):
        def agents(*arguments):
            (container,) = self.pod(*arguments)["containers"]
            return [one for one in container["args"] if one.startswith("--agents")]

        self.assertEqual(agents(), ["--agents=nodes:10179"])
        self.assertEqual(agents("--set=port=10199"), ["--agents=nodes:10199"])
        self.assertEqual(agents("--set-string=ipam.agents=a:1\\,b:2"), ["--agents=a:1,b:2"])
        self.assertEqual(agents("--set=ipam.agents=none"), [])

    def test_its_image_is_the_agents_with_another_name_or_one_of_its_own(self):
        def image(*arguments):
            return self.pod(*arguments)["containers"][0]["image"]

        agents = chart.one("DaemonSet")["spec"]["template"]["spec"]["containers"][0]["image"]
        name, _, tag = agents.rpartition(":")
        self.assertEqual(image(), f"{name}-ipam:{tag}")
        self.assertEqual(image("--set=image.digest=sha256:" + "0" * 64), f"{name}-ipam:{tag}")
        digest = "sha256:" + "1" * 64
        self.assertEqual(image(f"--set=ipam.image.digest={digest}"), f"{name}-ipam@{digest}")
        self.assertEqual(image("--set=ipam.image.repository=r.example/i,ipam.image.tag=v2"), "r.example/i:v2")


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
