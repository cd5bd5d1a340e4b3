# SPDX-License-Identifier: Apache-2.0
"""Manifests into a real API server as `kubectl apply --server-side` brings them there, and away again."""

import json
import subprocess
from pathlib import Path

import yaml

from calicolab.waiting import eventually
from harness.kube import KubeError
from harness.tools import ROOT

# The order in which what others stand on comes first; everything else after it.
_FIRST = ["CustomResourceDefinition", "Namespace", "ServiceAccount", "ClusterRole", "Role"]


def documents(text):
    return [document for document in yaml.safe_load_all(text) if document]


def in_order(manifests):
    rank = lambda body: _FIRST.index(body["kind"]) if body["kind"] in _FIRST else len(_FIRST)
    return sorted(manifests, key=rank)


def path_of(kube, body):
    """Where the object is, by the server's own word of which kinds it has; LookupError for one it does not have."""
    version, kind, metadata = body["apiVersion"], body["kind"], body["metadata"]
    group = f"/apis/{version}" if "/" in version else f"/api/{version}"
    served = (kube.get(group) or {}).get("resources", [])
    found = next((row for row in served if row["kind"] == kind and "/" not in row["name"]), None)
    if found is None:
        raise LookupError(f"the server has no {kind} of {version}")
    inside = f"/namespaces/{metadata.get('namespace', 'default')}" if found["namespaced"] else ""
    return f"{group}{inside}/{found['name']}/{metadata['name']}"


def apply(kube, body, dry_run=False):
    """The object as the server takes it. KubeError for what it refuses: unknown fields, too."""
    query = "?fieldManager=tests&force=true&fieldValidation=Strict" + ("&dryRun=All" if dry_run else "")
    kind = "application/apply-patch+yaml"  # which JSON is
    return kube.request("PATCH", path_of(kube, body) + query, json.dumps(body).encode(), kind=kind)


def remove(kube, body):
    kube.delete(path_of(kube, body))


def install_prometheus_operators_definitions(kube):
    """ServiceMonitor, PodMonitor and PrometheusRule, as the operator publishes them."""
    told = subprocess.run([ROOT / "test/kube/build", "--definitions"], capture_output=True, text=True, check=True)
    kinds = ("servicemonitors", "podmonitors", "prometheusrules")
    for kind in kinds:
        text = Path(told.stdout.strip(), f"monitoring.coreos.com_{kind}.yaml").read_text()
        for body in documents(text):
            apply(kube, body)
    served = lambda: all(_served(kube, f"/apis/monitoring.coreos.com/v1/{kind}") for kind in kinds)
    if not eventually(served, timeout=60):
        raise AssertionError("the API server does not serve the Prometheus operator's resources")


def _served(kube, collection):
    try:
        return kube.get(collection)
    except KubeError as error:
        if error.code not in (404, 429, 503):  # it is on its way
            raise
        return None
