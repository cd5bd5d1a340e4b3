# SPDX-License-Identifier: Apache-2.0
"""A cluster as large as they come, as data: nodes with four blocks each, five pods a block, all of it healthy; and a
server for it. The server is a stand-in for kube-apiserver, which takes hours to be filled so far: it pages, packs and
watches as kube-apiserver 1.36 was seen to do, and its objects are as long as a real cluster's."""

import hashlib
import ipaddress
import json
import re
import ssl
import threading
import time
import urllib.parse
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BLOCKS_PER_NODE, PODS_PER_BLOCK = 4, 5
CALICO = "crd.projectcalico.org/v1"
_FIRST_BLOCK = int(ipaddress.ip_address("10.64.0.0"))
_FIRST_NODE = int(ipaddress.ip_address("127.1.0.1"))
_MADE = "2026-01-31T12:00:00Z"
_PACKED = 128 << 10  # bytes from which an answer is packed


class BigCluster:
    def __init__(self, nodes):
        self.nodes = nodes
        self.blocks = nodes * BLOCKS_PER_NODE
        self.pods = self.blocks * PODS_PER_BLOCK
        self._lives = {}  # {pod: how many it has had before}, of those that are not in their first

    def renew(self, pod):
        """Another pod in its place, with its address."""
        self._lives[pod] = self._lives.get(pod, 0) + 1

    def pod_name(self, pod):
        return f"web-{pod}-{self._lives.get(pod, 0)}"

    def container(self, pod):
        return hashlib.sha256(self.pod_name(pod).encode()).hexdigest()

    @staticmethod
    def node_name(node):
        return f"worker-{node:05}.cluster.example"

    @staticmethod
    def node_address(node):
        return str(ipaddress.ip_address(_FIRST_NODE + node))

    @staticmethod
    def cidr(block):
        return f"{ipaddress.ip_address(_FIRST_BLOCK + block * 64)}/26"

    @classmethod
    def block_name(cls, block):
        return cls.cidr(block).replace(".", "-").replace("/", "-")

    @staticmethod
    def address(pod):
        block, ordinal = divmod(pod, PODS_PER_BLOCK)
        return str(ipaddress.ip_address(_FIRST_BLOCK + block * 64 + ordinal))

    @staticmethod
    def node_of(pod):
        return pod // PODS_PER_BLOCK // BLOCKS_PER_NODE

    def pod(self, pod):
        """(object, status), as short as they can be."""
        annotations = {
            "cni.projectcalico.org/containerID": self.container(pod),
            "cni.projectcalico.org/podIP": f"{self.address(pod)}/32",
            "cni.projectcalico.org/podIPs": f"{self.address(pod)}/32",
        }
        labels = {"app.kubernetes.io/name": "web", "pod-template-hash": "6f9c5d8b7"}
        metadata = {
            "name": self.pod_name(pod), "namespace": "default", "labels": labels, "annotations": annotations,
        }  # fmt: skip
        containers = [{"name": "main", "image": "registry.example/web:1.2.3"}]
        body = {"metadata": metadata, "spec": {"nodeName": self.node_name(self.node_of(pod)), "containers": containers}}
        address = self.address(pod)
        return body, {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]}

    def node(self, node):
        """(object, status)"""
        addresses = [{"type": "InternalIP", "address": self.node_address(node)}]
        return {"metadata": {"name": self.node_name(node)}}, {"addresses": addresses}

    def block(self, block):
        node = self.node_name(block // BLOCKS_PER_NODE)
        pods = range(block * PODS_PER_BLOCK, (block + 1) * PODS_PER_BLOCK)
        taken = len(pods)
        attributes = [
            {
                "handle_id": self.handle_name(pod),
                "secondary": {
                    "namespace": "default", "node": node, "pod": self.pod_name(pod),
                    "timestamp": "2026-01-31 12:00:00.875684767 +0000 UTC",
                },
            }
            for pod in pods
        ]  # fmt: skip
        spec = {
            "cidr": self.cidr(block), "affinity": f"host:{node}", "affinityClaimTime": _MADE, "strictAffinity": False,
            "allocations": [*range(taken), *[None] * (64 - taken)], "unallocated": [*range(taken, 64)],
            "attributes": attributes, "sequenceNumber": 1795794740049790595, "deleted": False,
            "sequenceNumberForAllocation": {str(ordinal): 1795794740049790595 for ordinal in range(taken)},
        }  # fmt: skip
        return {"metadata": {"name": self.block_name(block)}, "spec": spec}

    def handle_name(self, pod):
        return f"k8s-pod-network.{self.container(pod)}"

    def handle(self, pod):
        spec = {"handleID": self.handle_name(pod), "block": {self.cidr(pod // PODS_PER_BLOCK): 1}, "deleted": False}
        return {"metadata": {"name": self.handle_name(pod)}, "spec": spec}

    def affinity(self, block):
        node = self.node_name(block // BLOCKS_PER_NODE)
        spec = {"node": node, "cidr": self.cidr(block), "state": "confirmed", "type": "host", "deleted": "false"}
        return {"metadata": {"name": f"{node}-{self.block_name(block)}"}, "spec": spec}

    def pool(self):
        return {"metadata": {"name": "default"}, "spec": {"cidr": "10.0.0.0/8", "blockSize": 26, "ipipMode": "Always"}}

    def workloads(self, node):
        """What the node's agent answers to GET /api/v1/workloads."""
        first = node * BLOCKS_PER_NODE
        pods = range(first * PODS_PER_BLOCK, (first + BLOCKS_PER_NODE) * PODS_PER_BLOCK)
        rows = [
            {
                "address": self.address(pod), "interface": f"cali{self.container(pod)[:11]}",
                "pod": f"default/{self.pod_name(pod)}", "owner": f"pod default/{self.pod_name(pod)}",
                "interface_is_there": True, "has_route": True, "has_endpoint": True, "has_neighbor": True,
                "unchanged_seconds": 3600.0,
            }
            for pod in pods
        ]  # fmt: skip
        own = [{"address": self.node_address(node), "interface": "eth0", "is_tunnel": False}]
        sources = ["links", "routes", "neighbors", "addresses", "endpoint_status"]
        return {
            "format": 1, "node": self.node_name(node), "taken_at": "2026-01-31T13:00:00.000Z",
            "observed_seconds": 3600.0, "sources": [{"source": source, "error": None} for source in sources],
            "workloads": rows, "unlisted": 0, "own_addresses": own,
            "blocks": [self.cidr(block) for block in range(first, first + BLOCKS_PER_NODE)],
        }  # fmt: skip


def _managed(manager, fields):
    owned = {"f:" + field: {".": {}, **{f"f:{part}": {} for part in parts}} for field, parts in fields.items()}
    return {
        "manager": manager, "operation": "Update", "apiVersion": "v1", "time": _MADE, "fieldsType": "FieldsV1",
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
                    "lastTransitionTime": _MADE} for kind in
                   ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")],
    "containerStatuses": [{
        "name": name, "state": {"running": {"startedAt": _MADE}}, "lastState": {}, "ready": True, "restartCount": 0,
        "image": f"registry.example/{name}:1.2.3", "imageID": f"registry.example/{name}@sha256:{'5' * 64}",
        "containerID": f"containerd://{'7' * 64}", "started": True} for name in ("main", "proxy")],
    "hostIP": "10.9.0.11", "hostIPs": [{"ip": "10.9.0.11"}], "startTime": _MADE, "qosClass": "Burstable",
}  # fmt: skip
_POD_FIELDS = [
    _managed("kube-controller-manager", {"metadata": ["generateName", "labels", "ownerReferences"], "spec": [
        *_POD_SPEC, *_CONTAINER]}),
    _managed("calico", {"metadata": ["annotations"]}),
    _managed("kubelet", {"status": [*_POD_STATUS, "podIP", "podIPs", "phase"]}),
]  # fmt: skip


class _Texts:
    """One kind's objects as text, all made of the first one's by what differs: to write each anew would take longer
    than to read it. values(number): the texts that differ, of an object."""

    def __init__(self, first, values):
        self._values = values
        told = values(0)
        differing = "|".join(re.escape(text) for text in sorted(told, key=len, reverse=True))
        self._parts = re.split(f"({differing})", json.dumps(first, separators=(",", ":")))
        self._places = [told.index(text) for text in self._parts[1::2]]

    def of(self, number):
        values, parts = self._values(number), [*self._parts]
        parts[1::2] = [values[place] for place in self._places]
        return "".join(parts)


class _Server(ThreadingHTTPServer):
    request_queue_size, daemon_threads = 128, True

    def handle_error(self, request, client_address):
        """Who asks hangs up on thousands of agents as it likes."""


class BigServer:
    """The API server at `url`, and, by each node's address and `agents_port`, the agents. Of a BigCluster. certificate,
    key: files."""

    def __init__(self, cluster, certificate, key):
        self.cluster = cluster
        self.lists = 0  # pages that were asked for
        self._changed = threading.Condition()
        self._version = 1_000_000
        self._events = {}  # {plural: [(version, line)]}
        calico = f"/apis/{CALICO}/"
        pods = lambda number: [cluster.pod_name(number), cluster.node_name(cluster.node_of(number)),
                               cluster.address(number), cluster.container(number)]  # fmt: skip
        self._collections = {
            "/api/v1/pods": ("PodList", cluster.pods, _Texts(self._pod(0), pods)),
            "/api/v1/nodes": ("NodeList", cluster.nodes, _Texts(
                self._node(0), lambda n: [cluster.node_name(n), cluster.node_address(n)])),
            "/api/v1/services": ("ServiceList", 0, None),
            f"{calico}ippools": ("IPPoolList", 1, _Texts(
                self._calicos("IPPool", cluster.pool()), lambda _: ["default"])),
            f"{calico}ipamblocks": ("IPAMBlockList", cluster.blocks, _Texts(self._block(0), self._of_block)),
            f"{calico}ipamhandles": ("IPAMHandleList", cluster.pods, _Texts(
                self._handle(0), lambda n: [cluster.container(n), cluster.cidr(n // PODS_PER_BLOCK)])),
            f"{calico}blockaffinities": ("BlockAffinityList", cluster.blocks, _Texts(
                self._calicos("BlockAffinity", cluster.affinity(0)),
                lambda n: [cluster.node_name(n // BLOCKS_PER_NODE), cluster.cidr(n), cluster.block_name(n)])),
            f"{calico}ipamconfigs": ("IPAMConfigList", 0, None),
            f"{calico}ipreservations": ("IPReservationList", 0, None),
            f"{calico}clusterinformations": ("ClusterInformationList", 0, None),
        }  # fmt: skip
        api = _Server(("127.0.0.1", 0), _handler(self._api))
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trust.load_cert_chain(certificate, key)
        api.socket = trust.wrap_socket(api.socket, server_side=True, do_handshake_on_connect=False)
        agents = _Server(("0.0.0.0", 0), _handler(self._agent))  # noqa: S104  in a namespace of its own
        self.url = f"https://127.0.0.1:{api.server_address[1]}"
        self.agents_port = agents.server_address[1]
        for server in (api, agents):
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def change(self, pods):
        """So many pods are replaced, each by another with its address, as Calico and kubelet write it."""
        with self._changed:
            for pod in range(pods):
                pod = pod * (self.cluster.pods // pods)
                self._note("pods", "DELETED", self._pod(pod))
                self._note("ipamhandles", "DELETED", self._handle(pod))
                self.cluster.renew(pod)
                self._note("ipamhandles", "ADDED", self._handle(pod))
                self._note("ipamblocks", "MODIFIED", self._block(pod // PODS_PER_BLOCK))
                self._note("pods", "ADDED", self._pod(pod))
            self._changed.notify_all()

    def _note(self, plural, kind, body):
        self._version += 1
        body["metadata"]["resourceVersion"] = str(self._version)
        line = json.dumps({"type": kind, "object": body}, separators=(",", ":")) + "\n"
        self._events.setdefault(plural, []).append((self._version, line.encode()))

    @staticmethod
    def _own(body, fields):
        about = {"uid": f"0b5c9a52-7c1d-4e0f-9a3b-{'4' * 12}", "resourceVersion": "7", "generation": 1,
                 "creationTimestamp": _MADE}  # fmt: skip
        body["metadata"] = {**body["metadata"], **about, "managedFields": fields}
        return body

    def _pod(self, pod):
        body, status = self.cluster.pod(pod)
        body["metadata"]["generateName"] = "web-6f9c5d8b7-"
        body["metadata"]["ownerReferences"] = [{
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-6f9c5d8b7", "controller": True,
            "uid": f"0b5c9a52-7c1d-4e0f-9a3b-{'5' * 12}", "blockOwnerDeletion": True}]  # fmt: skip
        containers = [
            {"name": name, "image": f"registry.example/{name}:1.2.3", **_CONTAINER} for name in ("main", "proxy")
        ]
        body["spec"] = {**body["spec"], **_POD_SPEC, "containers": containers}
        body["status"] = {**status, **_POD_STATUS}
        return self._own(body, _POD_FIELDS)

    def _node(self, node):
        body, status = self.cluster.node(node)
        images = [
            {"names": [f"registry.example/image-{n}@sha256:{'6' * 64}"], "sizeBytes": 12345678} for n in range(40)
        ]
        body["status"] = {**status, "images": images, "conditions": _POD_STATUS["conditions"]}
        return self._own(body, [_managed("kubelet", {"status": ["addresses", "conditions", "images"]})])

    def _block(self, block):
        return self._calicos("IPAMBlock", self.cluster.block(block))

    def _of_block(self, block):
        cluster, pods = self.cluster, range(block * PODS_PER_BLOCK, (block + 1) * PODS_PER_BLOCK)
        own = [cluster.node_name(block // BLOCKS_PER_NODE), cluster.cidr(block), cluster.block_name(block)]
        return own + [text for pod in pods for text in (cluster.pod_name(pod), cluster.container(pod))]

    def _handle(self, pod):
        return self._calicos("IPAMHandle", self.cluster.handle(pod))

    def _calicos(self, kind, body):
        fields = [_managed("calico", {"spec": [*body["spec"]]})]
        return {"apiVersion": CALICO, "kind": kind, **self._own(body, fields)}

    def _api(self, request):
        url = urllib.parse.urlsplit(request.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path not in self._collections:
            return request.send_error(404)
        if "watch" in query:
            return self._watch(request, url.path.rpartition("/")[2], query)
        self.lists += 1
        kind, count, texts = self._collections[url.path]
        first, limit = int(query.get("continue", 0)), int(query.get("limit", count or 1))
        last = min(first + limit, count)
        metadata = {"resourceVersion": str(self._version)}
        if last < count:
            metadata |= {"continue": str(last), "remainingItemCount": count - last}
        version = "v1" if url.path.startswith("/api/") else CALICO
        head = json.dumps({"kind": kind, "apiVersion": version, "metadata": metadata}, separators=(",", ":"))
        items = ",".join(texts.of(number) for number in range(first, last))
        _send(request, f'{head[:-1]},"items":[{items}]}}\n'.encode())

    def _watch(self, request, plural, query):
        """Until its time is over, and at the end where it has come to."""
        seen, end = int(query["resourceVersion"]), time.monotonic() + int(query["timeoutSeconds"])
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        while (left := end - time.monotonic()) > 0:
            with self._changed:
                lines = [line for version, line in self._events.get(plural, []) if version > seen]
                seen = max(seen, self._version)
                if not lines:
                    self._changed.wait(left)
            for line in lines:
                request.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        bookmark = json.dumps({"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": str(seen)}}}) + "\n"
        request.wfile.write(f"{len(bookmark):x}\r\n{bookmark}\r\n0\r\n\r\n".encode())

    def _agent(self, request):
        address = request.connection.getsockname()[0]
        node = int(ipaddress.ip_address(address)) - _FIRST_NODE
        _send(request, json.dumps(self.cluster.workloads(node), indent=1).encode(), age=0)


def _send(request, body, age=None):
    packed = len(body) > _PACKED and re.search("gzip", request.headers.get("Accept-Encoding", ""))
    if packed:
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        body = packer.compress(body) + packer.flush()
    request.send_response(200)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    if packed:
        request.send_header("Content-Encoding", "gzip")
    if age is not None:
        request.send_header("Age", str(age))
    request.end_headers()
    request.wfile.write(body)


def _handler(answer):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # a head and its body at once

        def do_GET(self):
            answer(self)

        def log_message(self, *_):
            pass

    return Handler
