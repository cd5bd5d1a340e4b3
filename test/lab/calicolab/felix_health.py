# SPDX-License-Identifier: Apache-2.0
"""Felix' health port: http://127.0.0.1:9099/readiness and /liveness, as Calico's libcalico-go/lib/health answers.

The code is the verdict: 200, or 503 where one component says no. The body, in both cases, is a table of the components.
"""

from __future__ import annotations

import dataclasses
import http.server
import socket
import threading

from calicolab.errors import LabError

ADDRESS = "127.0.0.1"
PORT = 9099
_COLUMNS = ("COMPONENT", "TIMEOUT", "LIVENESS", "READINESS", "DETAIL")
_TIMED_OUT = "timed out"


@dataclasses.dataclass
class Component:
    """What one part of Felix reported last; of a loop that hangs the report is too old, and it is neither."""

    timeout: str  # as Go prints a duration; "-" where reports never get too old
    live: bool = True
    ready: bool = True
    hangs: bool = False
    detail: str = ""

    def words(self):
        """The cells of its row, after its name."""
        liveness = "reporting live" if self.live else "reporting non-live"
        readiness = "reporting ready" if self.ready else "reporting non-ready"
        if self.hangs:
            liveness = readiness = _TIMED_OUT
        return self.timeout, liveness, readiness, self.detail


class FelixHealth:
    """The components, and the server in a node's namespace that tells of them.

    render: of health_table, the one of this Calico's version.
    """

    def __init__(self, namespace, render):
        self.render = render
        self.components = {
            "FelixStartup": Component("-"),
            "CalculationGraph": Component("30s"),
            "InternalDataplaneMainLoop": Component("1m30s"),
        }
        self._namespace = namespace
        self.answers = threading.Event()
        self._listener = None
        self._server = None

    def component(self, name):
        if name not in self.components:
            raise LabError(f"Felix has no component {name!r}; it has: {', '.join(self.components)}")
        return self.components[name]

    def start(self):
        """Listens and answers."""
        with self._namespace.entered():
            self._listener = socket.create_server((ADDRESS, PORT), backlog=16)
        self._serve()

    def hang(self):
        """The kernel still takes connections, and nobody answers them: as with a stopped process."""
        self._stop_serving()

    def answer_again(self):
        self._serve()

    def stop(self):
        """From now on a connection is refused."""
        self._stop_serving()
        if self._listener:
            self._listener.close()
            self._listener = None

    def answer(self, path):
        """(code, body) for a request; None for a path that Felix does not serve."""
        rows = list(self.components.values())
        verdicts = {
            "/readiness": all(each.ready and not each.hangs for each in rows),
            "/liveness": all(each.live and not each.hangs for each in rows),
        }
        return (200 if verdicts[path] else 503, self.body()) if path in verdicts else None

    def body(self):
        return self.render(_COLUMNS, [(name, *each.words()) for name, each in sorted(self.components.items())])

    def _serve(self):
        self.answers.set()
        self._server = _Server(self._listener, self)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def _stop_serving(self):
        self.answers.clear()
        if self._server:
            self._server.shutdown()
            self._server = None


class _Server(http.server.ThreadingHTTPServer):
    """On a socket that listens already and stays open when the server ends."""

    daemon_threads = True

    def __init__(self, listener, health):
        super().__init__(listener.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.health = health

    def handle_error(self, request, client_address):
        """Whoever asked has gone meanwhile."""


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers with the lines that Go's net/http writes, and no others."""

    protocol_version = "HTTP/1.1"
    timeout = 10  # seconds without a request; no connection stays for good

    def do_GET(self):
        if not self.server.health.answers.wait(self.timeout):  # on a connection of before
            self.close_connection = True
            return
        answer = self.server.health.answer(self.path.partition("?")[0])
        code, body = answer or (404, "404 page not found\n")
        data = body.encode()
        self.send_response_only(code)
        self.send_header("Date", self.date_time_string())
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_HEAD = do_GET

    def log_message(self, *_):
        """Nobody reads it."""
