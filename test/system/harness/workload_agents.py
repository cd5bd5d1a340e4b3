# SPDX-License-Identifier: Apache-2.0
"""Stands in for the agents of many nodes: what `caliwatch ipam` asks them, GET /api/v1/workloads, and nothing else. A
real agent's answer is compared with these in ipam/workloads_test.py."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class WorkloadAgents:
    """One server a node, each on a port of its own. workloads(node): the document at this moment, or None: then the
    agent does not answer. Ends with close(), which tests add as a cleanup."""

    def __init__(self, workloads):
        self._workloads = workloads
        self._servers = {}

    def address_of(self, node):
        """Its HOST:PORT; from then on it is there."""
        if node not in self._servers:
            server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(lambda: self._workloads(node)))
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
            self._servers[node] = server
        return f"127.0.0.1:{self._servers[node].server_address[1]}"

    def close(self):
        for server in self._servers.values():
            server.shutdown()
            server.server_close()


def _handler(document):
    class Agent(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path != "/api/v1/workloads":
                return self.send_error(404)
            if (answer := document()) is None:
                return self.send_error(503)
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Age", "0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Agent
