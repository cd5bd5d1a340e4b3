# SPDX-License-Identifier: Apache-2.0
"""A stand-in for kube-apiserver, which takes hours to be filled with a cluster as large as they come, and for its
nodes' agents. It pages, packs and watches as kube-apiserver 1.36 was seen to do."""

import ipaddress
import json
import re
import ssl
import threading
import time
import urllib.parse
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from big_cluster import BLOCKS_PER_NODE, CALICO, FIRST_NODE, PODS_PER_BLOCK
from real_objects import real_custom, real_node, real_pod

_PACKED = 128 << 10  # bytes from which an answer is packed


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
                real_node(*cluster.node(0)), lambda n: [cluster.node_name(n), cluster.node_address(n)])),
            "/api/v1/services": ("ServiceList", 0, None),
            f"{calico}ippools": ("IPPoolList", 1, _Texts(
                real_custom("IPPool", cluster.pool()), lambda _: ["default"])),
            f"{calico}ipamblocks": ("IPAMBlockList", cluster.blocks, _Texts(self._block(0), self._of_block)),
            f"{calico}ipamhandles": ("IPAMHandleList", cluster.pods, _Texts(
                self._handle(0), lambda n: [cluster.container(n), cluster.cidr(n // PODS_PER_BLOCK)])),
            f"{calico}blockaffinities": ("BlockAffinityList", cluster.blocks, _Texts(
                real_custom("BlockAffinity", cluster.affinity(0)),
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

    def _pod(self, pod):
        return real_pod(*self.cluster.pod(pod))

    def _block(self, block):
        return real_custom("IPAMBlock", self.cluster.block(block))

    def _of_block(self, block):
        cluster, pods = self.cluster, range(block * PODS_PER_BLOCK, (block + 1) * PODS_PER_BLOCK)
        own = [cluster.node_name(block // BLOCKS_PER_NODE), cluster.cidr(block), cluster.block_name(block)]
        return own + [text for pod in pods for text in (cluster.pod_name(pod), cluster.container(pod))]

    def _handle(self, pod):
        return real_custom("IPAMHandle", self.cluster.handle(pod))

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
        node = int(ipaddress.ip_address(address)) - FIRST_NODE
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
