# SPDX-License-Identifier: Apache-2.0
"""Stands in for a Kubernetes API server where there is no Go to build a real one: lists and watches of what
`caliwatch ipam` asks for, with bookmarks, over HTTP on loopback. What a real one answers, ipam/live_kube_test.py
shows."""

import json
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from harness.calico_objects import COLLECTIONS
from harness.cluster_objects import NODES, PODS, ObjectFiles

_EMPTY = "/api/v1/services"
_LISTED = [PODS, NODES, *COLLECTIONS.values()]


class KubeStandIn:
    """Serves `objects`, an ObjectFiles, which a test changes. `dead`: while it is set, whoever asks is connected and
    told nothing, and watches under way say nothing any more. Ends with close(), which tests add as a cleanup."""

    def __init__(self, objects: ObjectFiles):
        self.dead = threading.Event()
        self._objects = objects
        self._version = 1
        self._lists = {path: {} for path in _LISTED}  # {path: {key: object}}, as a test made them
        self._served = {path: {} for path in _LISTED}  # the same with resourceVersion
        self._log = []  # (version, path, type, object)
        self._changed = threading.Condition()
        self._ended = threading.Event()
        self._look()
        threading.Thread(target=self._follow, daemon=True).start()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self):
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    def kubeconfig(self):
        return json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "clusters": [{"name": "here", "cluster": {"server": self.url}}],
            "users": [{"name": "me", "user": {"token": "hunter2-and-more"}}],
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
        })  # fmt: skip

    def _follow(self):
        while not self._ended.wait(0.1):
            try:
                self._look()
            except RuntimeError:  # a test changes something just now
                continue

    def _look(self):
        now = {path: _by_key(self._objects.list(path)["items"]) for path in _LISTED}
        with self._changed:
            for path, objects in now.items():
                known = self._lists[path]
                for key in known.keys() | objects.keys():
                    if known.get(key) == objects.get(key):
                        continue
                    kind = "DELETED" if key not in objects else "MODIFIED" if key in known else "ADDED"
                    self._version += 1
                    changed = json.loads(json.dumps(objects.get(key, known.get(key))))
                    changed["metadata"]["resourceVersion"] = str(self._version)
                    self._log.append((self._version, path, kind, changed))
                    self._served[path].pop(key, None)
                    if kind != "DELETED":
                        self._served[path][key] = changed
            # As it is now: a test may change the very objects.
            before, self._lists = self._lists, json.loads(json.dumps(now))
            if self._lists != before:
                self._changed.notify_all()

    def _since(self, path, version):
        return [row for row in self._log if row[0] > version and row[1] == path]

    def listed(self, path):
        """The answer to a GET, or None."""
        if path == _EMPTY:
            return {"kind": "ServiceList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": []}
        if path not in _LISTED:
            return None
        with self._changed:
            about = {key: self._objects.list(path)[key] for key in ("apiVersion", "kind")}
            return {
                **about,
                "metadata": {"resourceVersion": str(self._version)},
                "items": list(self._served[path].values()),
            }

    def events(self, path, version, until):
        """What a watch says; a bookmark each second, as a real server has it each minute and shortly before the end."""
        while time.monotonic() < until and not self._ended.is_set():
            with self._changed:
                news = self._since(path, version)
                if not news:
                    self._changed.wait(1)
                    news = self._since(path, version)
                version = self._version  # all up to it is in `news`
            for _, _, kind, body in news:
                yield {"type": kind, "object": body}
            if not news:
                yield {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": str(version)}}}


def _by_key(items):
    return {f"{row['metadata'].get('namespace')}/{row['metadata']['name']}": row for row in items}


def _handler(api):
    class Server(BaseHTTPRequestHandler):
        def do_GET(self):
            url = urllib.parse.urlsplit(self.path)
            asked = dict(urllib.parse.parse_qsl(url.query))
            while api.dead.is_set():
                time.sleep(0.1)
            if (listed := api.listed(url.path)) is None:
                return self.send_error(404)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            if asked.get("watch") != "true":
                return self.wfile.write(json.dumps(listed).encode())
            until = time.monotonic() + int(asked["timeoutSeconds"])
            for event in api.events(url.path, int(asked["resourceVersion"]), until):
                while api.dead.is_set():
                    time.sleep(0.1)
                self.wfile.write(json.dumps(event).encode() + b"\n")

        def handle(self):
            try:
                super().handle()
            except OSError:  # who asked has gone
                pass

        def log_message(self, *_):
            pass

    return Server
