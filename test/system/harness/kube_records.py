# SPDX-License-Identifier: Apache-2.0
"""Calico's records in a Kubernetes API server, as the clusters have them that have no etcd for Calico."""

from calicolab.waiting import eventually
from harness.calico_objects import COLLECTIONS, custom_resource, definitions

_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def define(kube):
    """Teaches a server Calico's kinds."""
    for definition in definitions():
        kube.put(_DEFINITIONS, definition)
    if not eventually(lambda: all(kube.get(path) for path in COLLECTIONS.values()), timeout=60):
        raise AssertionError("the API server does not serve Calico's custom resources")


class KubeRecords:
    """A store for calico_ipam: a Kube that knows Calico's kinds, or ObjectFiles. What Kubernetes has an object of its
    own for is left to that."""

    def __init__(self, kube):
        self._kube = kube

    def put(self, key, value):
        if (resource := custom_resource(key, value)) is not None:
            plural, body = resource
            self._kube.put(COLLECTIONS[plural], body)

    def delete(self, key):
        # The value is not asked for: names are made of the key alone.
        if (resource := custom_resource(key, {"spec": {}, "metadata": {}, "state": ""})) is not None:
            plural, body = resource
            self._kube.delete(f"{COLLECTIONS[plural]}/{body['metadata']['name']}")

    def lists(self):
        """{plural: as `kubectl get --raw` has it}"""
        return {plural: self._kube.list(path) for plural, path in COLLECTIONS.items()}
