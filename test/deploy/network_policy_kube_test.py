#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The examples of deploy/network-policy: a real API server takes them, Calico's by the resource definitions that the
Kubernetes project publishes with Calico, and they keep to what their comments say. That packets are stopped is not
tried here: no Felix runs."""

import os
import re
import subprocess
import unittest

from calicolab.waiting import eventually
from harness.documents import documents
from harness.kube import Kube, KubeError, kube_program
from harness.kube_apply import apply
from harness.main import run_tests
from harness.tools import ROOT

FOLDER = "deploy/network-policy"
EXAMPLES = [body for path in sorted((ROOT / FOLDER).glob("*.yaml")) for body in documents(path.relative_to(ROOT))]
STORED = "crd.projectcalico.org/v1"  # as which Calico keeps projectcalico.org/v3


def one(kind, way=None):
    """way: of a NetworkPolicy, "Egress" or "Ingress"."""
    (found,) = [
        body for body in EXAMPLES
        if body["kind"] == kind and (way is None or body["spec"]["policyTypes"] == [way])
    ]  # fmt: skip
    return found


def as_stored(body):
    return {**body, "apiVersion": STORED} if body["apiVersion"] == "projectcalico.org/v3" else body


def calicos_definitions():
    """Of the module that test/kube's server is built of, where Go has left it."""
    version = re.search(r"k8s\.io/kubernetes (v\S+)", (ROOT / "test/kube/go.mod").read_text())[1]
    modules = subprocess.run(["go", "env", "GOMODCACHE"], text=True, capture_output=True, timeout=60).stdout.strip()
    folder = f"{modules}/k8s.io/kubernetes@{version}/cluster/addons/calico-policy-controller"
    if not os.path.isdir(folder):
        raise unittest.SkipTest(f"{folder} is missing; `make test-kube` downloads it where Go 1.26 is")
    names = ("globalnetworkpolicy", "hostendpoints")
    return [body for name in names for body in documents(f"{folder}/{name}-crd.yaml")]


class TakenTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kube_program()
        try:
            definitions = calicos_definitions()
        except FileNotFoundError:
            raise unittest.SkipTest("there is no Go here, and no module of Kubernetes") from None
        cls.kube = Kube()
        cls.addClassCleanup(cls.kube.close)
        namespaces = [
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            for name in ("caliwatch", "monitoring")
        ]
        for body in [*definitions, *namespaces]:
            apply(cls.kube, body)
        collections = [f"/apis/{STORED}/{plural}" for plural in ("globalnetworkpolicies", "hostendpoints")]
        if not eventually(lambda: all(cls.kube.get(collection) for collection in collections), timeout=60):
            raise AssertionError("the API server does not serve Calico's resources")

    def test_every_example_is_taken(self):
        for body in EXAMPLES:
            with self.subTest(kind=body["kind"]):
                self.assertEqual(apply(self.kube, as_stored(body))["spec"], body["spec"])

    def test_a_field_that_there_is_not_is_refused(self):
        for body in EXAMPLES:
            with self.subTest(kind=body["kind"]), self.assertRaises(KubeError):
                apply(self.kube, as_stored({**body, "spec": {**body["spec"], "misspelt": 1}}), dry_run=True)


class ArguedTest(unittest.TestCase):
    """What would cut a node off, or open what somebody has closed."""

    def test_a_host_endpoint_keeps_what_no_policy_decides(self):
        self.assertEqual(one("HostEndpoint")["spec"]["profiles"], ["projectcalico-default-allow"])

    def test_the_policy_has_no_deny_at_its_end_and_allows_nothing(self):
        spec = one("GlobalNetworkPolicy")["spec"]
        self.assertTrue(spec["preDNAT"] and spec["applyOnForward"])
        self.assertEqual((spec["types"], [rule["action"] for rule in spec["ingress"]]), (["Ingress"], ["Deny"]))
        self.assertEqual(spec["selector"], f"has({next(iter(one('HostEndpoint')['metadata']['labels']))})")

    def test_those_of_agents_are_about_their_port_alone(self):
        (values,) = documents("deploy/chart/values.yaml")
        (rule,) = one("GlobalNetworkPolicy")["spec"]["ingress"]
        (allowed,) = one("NetworkPolicy", "Egress")["spec"]["egress"]
        self.assertEqual((rule["protocol"], rule["destination"]), ("TCP", {"ports": [values["port"]]}))
        self.assertEqual(allowed["ports"], [{"protocol": "TCP", "port": values["port"]}])

    def test_that_of_ipam_is_about_its_pod_and_its_port_and_says_nothing_of_what_it_asks(self):
        (deployment,) = [made for made in documents("deploy/kubernetes/ipam.yaml") if made["kind"] == "Deployment"]
        template, policy = deployment["spec"]["template"], one("NetworkPolicy", "Ingress")["spec"]
        self.assertLessEqual(policy["podSelector"]["matchLabels"].items(), template["metadata"]["labels"].items())
        self.assertNotIn("egress", policy)
        (allowed,) = policy["ingress"]
        port = template["spec"]["containers"][0]["ports"][0]["containerPort"]
        self.assertEqual(allowed["ports"], [{"protocol": "TCP", "port": port}])


if __name__ == "__main__":
    run_tests(lab=False)
