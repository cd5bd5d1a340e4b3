# SPDX-License-Identifier: Apache-2.0
"""Objects that are as long as a real cluster's: with all that kubelet, controllers and the API server write into them,
and that nobody here looks at."""

from big_cluster import CALICO, MADE


def _managed(manager, fields):
    owned = {"f:" + field: {".": {}, **{f"f:{part}": {} for part in parts}} for field, parts in fields.items()}
    return {
        "manager": manager, "operation": "Update", "apiVersion": "v1", "time": MADE, "fieldsType": "FieldsV1",
        "fieldsV1": owned,
    }  # fmt: skip


# What a real pod has besides: of a Deployment of two containers, on a kubelet; seven kilobytes in all.
_CONTAINER = {
    "ports": [{"containerPort": 8080, "name": "http", "protocol": "TCP"}],
    "env": [{"name": f"SETTING_{n}", "value": f"some-value-of-a-usual-length-{n}"} for n in range(12)],
    "resources": {"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "100m", "memory": "256Mi"}},
    "livenessProbe": {"httpGet": {"path": "/healthz", "port": "http", "scheme": "HTTP"}, "timeoutSeconds": 1,
                      "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
    "volumeMounts": [{"name": "kube-api-access-x7k2p", "readOnly": True,
                      "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}],
    "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
    "imagePullPolicy": "IfNotPresent",
}  # fmt: skip
_POD_SPEC = {
    "volumes": [{"name": "kube-api-access-x7k2p", "projected": {"defaultMode": 420, "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}]}}],
    "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
    "serviceAccountName": "default", "serviceAccount": "default", "securityContext": {},
    "schedulerName": "default-scheduler", "priority": 0, "enableServiceLinks": True,
    "preemptionPolicy": "PreemptLowerPriority",
    "tolerations": [{"key": f"node.kubernetes.io/{taint}", "operator": "Exists", "effect": "NoExecute",
                     "tolerationSeconds": 300} for taint in ("not-ready", "unreachable")],
}  # fmt: skip
_POD_STATUS = {
    "conditions": [{"type": kind, "status": "True", "observedGeneration": 1, "lastProbeTime": None,
                    "lastTransitionTime": MADE} for kind in
                   ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")],
    "containerStatuses": [{
        "name": name, "state": {"running": {"startedAt": MADE}}, "lastState": {}, "ready": True, "restartCount": 0,
        "image": f"registry.example/{name}:1.2.3", "imageID": f"registry.example/{name}@sha256:{'5' * 64}",
        "containerID": f"containerd://{'7' * 64}", "started": True} for name in ("main", "proxy")],
    "hostIP": "10.9.0.11", "hostIPs": [{"ip": "10.9.0.11"}], "startTime": MADE, "qosClass": "Burstable",
}  # fmt: skip
_POD_FIELDS = [
    _managed("kube-controller-manager", {"metadata": ["generateName", "labels", "ownerReferences"], "spec": [
        *_POD_SPEC, *_CONTAINER]}),
    _managed("calico", {"metadata": ["annotations"]}),
    _managed("kubelet", {"status": [*_POD_STATUS, "podIP", "podIPs", "phase"]}),
]  # fmt: skip


def _own(body, fields):
    about = {"uid": f"0b5c9a52-7c1d-4e0f-9a3b-{'4' * 12}", "resourceVersion": "7", "generation": 1,
             "creationTimestamp": MADE}  # fmt: skip
    body["metadata"] = {**body["metadata"], **about, "managedFields": fields}
    return body


def real_pod(body, status):
    body["metadata"]["generateName"] = "web-6f9c5d8b7-"
    body["metadata"]["ownerReferences"] = [{
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-6f9c5d8b7", "controller": True,
        "uid": f"0b5c9a52-7c1d-4e0f-9a3b-{'5' * 12}", "blockOwnerDeletion": True}]  # fmt: skip
    containers = [{"name": name, "image": f"registry.example/{name}:1.2.3", **_CONTAINER} for name in ("main", "proxy")]
    body["spec"] = {**body["spec"], **_POD_SPEC, "containers": containers}
    body["status"] = {**status, **_POD_STATUS}
    return _own(body, _POD_FIELDS)


def real_node(body, status):
    images = [{"names": [f"registry.example/image-{n}@sha256:{'6' * 64}"], "sizeBytes": 12345678} for n in range(40)]
    body["status"] = {**status, "images": images, "conditions": _POD_STATUS["conditions"]}
    return _own(body, [_managed("kubelet", {"status": ["addresses", "conditions", "images"]})])


def real_custom(kind, body):
    fields = [_managed("calico", {"spec": [*body["spec"]]})]
    return {"apiVersion": CALICO, "kind": kind, **_own(body, fields)}
