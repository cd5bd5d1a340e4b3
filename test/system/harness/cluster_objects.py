# SPDX-License-Identifier: Apache-2.0
"""Nodes and pods as the Kubernetes API has them, and a place for them where there is no API server: files, as
`kubectl get --raw` writes them."""

import re
from datetime import UTC, datetime

from harness.calico_objects import KINDS as CALICO_KINDS

KINDS = {"pods": "Pod", "nodes": "Node", **CALICO_KINDS}
NODES = "/api/v1/nodes"
PODS = "/api/v1/pods"  # of all namespaces, to be listed


def pods_of(namespace):
    return f"/api/v1/namespaces/{namespace}/pods"


def node(name, address):
    """(object, status)"""
    status = {"addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}]}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}, status


def pod(name, on, container):
    """The object of a pod ("namespace/name") that was put on a node. Calico notes its sandbox as an annotation."""
    namespace, _, short = name.partition("/")
    annotations = {"cni.projectcalico.org/containerID": container}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": short, "namespace": namespace, "annotations": annotations},
        "spec": {"nodeName": on, "containers": [{"name": "main", "image": "example.invalid/none"}]},
    }


def running(*addresses):
    """The status of a pod that runs at these addresses."""
    return {"phase": "Running", "podIP": addresses[0], "podIPs": [{"ip": address} for address in addresses]}


class ObjectFiles:
    """Takes what harness.kube.Kube takes, and answers as it does where a test asks. ago: by how many seconds earlier
    all is to have happened."""

    def __init__(self, ago=0):
        self._objects = {}
        self.ago = ago
        self._uids = 0

    def put(self, collection, body, status=None):
        path = f"{collection}/{body['metadata']['name']}"
        self._uids += 1
        made = self._objects.get(path, {}).get("metadata", {})
        metadata = {"uid": f"uid-{self._uids}", "creationTimestamp": _time(-self.ago), **made, **body["metadata"]}
        self._objects[path] = {**body, "metadata": metadata}
        if status is not None:
            self._objects[path]["status"] = status
        return self._objects[path]

    def put_status(self, path, status):
        self._objects[path]["status"] = status

    def get(self, path):
        return self._objects.get(path)

    def delete(self, path, grace_seconds=0):
        """With a grace, a pod stays until its node says that it is gone: deleted once more, without."""
        if path not in self._objects or not grace_seconds:
            self._objects.pop(path, None)
        else:
            self._objects[path]["metadata"]["deletionTimestamp"] = _time(grace_seconds - self.ago)

    def list(self, collection):
        """As `kubectl get --raw COLLECTION`."""
        # "/api/v1/pods" lists what is below "/api/v1/namespaces/NAMESPACE/pods", too.
        parent, _, plural = collection.rpartition("/")
        below = re.compile(rf"{parent}(/namespaces/[^/]+)?/{plural}/[^/]+")
        items = [body for path, body in sorted(self._objects.items()) if below.fullmatch(path)]
        about = {"apiVersion": parent.removeprefix("/apis/").removeprefix("/api/"), "kind": f"{KINDS[plural]}List"}
        return {**about, "metadata": {"resourceVersion": "1"}, "items": items}


def _time(seconds):
    """So many seconds from now, as the API writes times."""
    return datetime.fromtimestamp(datetime.now(UTC).timestamp() + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
