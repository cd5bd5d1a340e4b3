#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real API server takes the plain Kubernetes manifests, field by field, and gives them up again."""

import unittest

from harness.documents import ROOT, documents
from harness.kube import Kube, KubeError, kube_program
from harness.kube_apply import apply, in_order, install_prometheus_operators_definitions, path_of, remove
from harness.main import run_tests

FOLDER = "deploy/kubernetes"


class ManifestsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kube_program()
        cls.kube = Kube()
        cls.addClassCleanup(cls.kube.close)
        install_prometheus_operators_definitions(cls.kube)
        (chosen,) = documents(f"{FOLDER}/kustomization.yaml")
        cls.manifests = [body for name in chosen["resources"] for body in documents(f"{FOLDER}/{name}")]
        known = set(chosen["resources"]) | {"kustomization.yaml", "check-pods.yaml"}
        for file in sorted((ROOT / FOLDER).glob("*.yaml")):
            if file.name not in known:
                cls.manifests += documents(f"{FOLDER}/{file.name}")

    def test_every_manifest_is_taken_and_taken_again_without_a_change(self):
        for body in in_order(self.manifests):
            with self.subTest(kind=body["kind"], name=body["metadata"]["name"]):
                apply(self.kube, body)
                made = self.kube.get(path_of(self.kube, body))
                again = apply(self.kube, body)
                self.assertEqual(again["metadata"]["resourceVersion"], made["metadata"]["resourceVersion"])
        # A namespace that goes takes its own time, and controllers that are not here.
        for body in reversed(in_order(self.manifests)):
            if body["kind"] != "Namespace":
                remove(self.kube, body)
                self.assertIsNone(self.kube.get(path_of(self.kube, body)), body["kind"])

    def test_a_field_that_there_is_not_is_refused(self):
        (namespace,) = documents(f"{FOLDER}/namespace.yaml")
        apply(self.kube, namespace)
        for body in in_order(self.manifests):
            if "spec" in body and body["kind"] != "Namespace":
                with self.subTest(kind=body["kind"]), self.assertRaises(KubeError):
                    apply(self.kube, {**body, "spec": {**body["spec"], "misspelt": 1}}, dry_run=True)


if __name__ == "__main__":
    run_tests(lab=False)
