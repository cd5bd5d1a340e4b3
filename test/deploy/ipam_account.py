# SPDX-License-Identifier: Apache-2.0
"""A small healthy cluster in a real API server, with all that the chart renders for the one pod that looks at IPAM, and
a token of that pod's account."""

from deploy import chart
from harness.calico_cluster import CalicoCluster
from harness.kube import Kube
from harness.kube_apply import apply, in_order
from harness.kube_records import KubeRecords, define
from ipam.seed_cases import SETTINGS

NAMESPACE = "watch"


def namespace(name, level="privileged"):
    labels = {"pod-security.kubernetes.io/enforce": level}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def cluster_with_account(nodes):
    """(Kube, which the caller closes, the account's token)"""
    kube = Kube()
    try:
        define(kube)
        store = KubeRecords(kube)
        for key, value in SETTINGS.items():
            store.put(key, value)
        cluster = CalicoCluster(kube, store, SETTINGS)
        for number in range(1, nodes + 1):
            cluster.add_node(f"n{number}", f"10.9.0.{number}", f"10.48.{number}.0/26")
            cluster.start_pod(f"default/web-{number}", f"n{number}")
        apply(kube, namespace(NAMESPACE))
        for body in in_order(chart.rendered("--set=ipam.enabled=true")):
            apply(kube, body)
        account = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/caliwatch-ipam/token"
        wanted = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        return kube, kube.request("POST", account, wanted)["status"]["token"]
    except BaseException:
        kube.close()
        raise
