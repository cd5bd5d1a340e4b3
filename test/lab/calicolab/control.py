# SPDX-License-Identifier: Apache-2.0
"""Answers requests inside the sandbox, each on a thread of its own."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import threading
import traceback

from calicolab import commands
from calicolab.errors import LabError
from calicolab.wire import Wire


class Server:
    def __init__(self, listener, cluster):
        self._listener = listener
        self._cluster = cluster
        listener.listen(64)

    def serve(self):
        while True:
            connection, _ = self._listener.accept()
            threading.Thread(target=self._answer, args=[Wire(connection)], daemon=True).start()

    def _answer(self, client):
        with client:
            try:
                if client.peer_uid() != os.geteuid():
                    raise LabError("this lab belongs to another user")
                request, fds = client.receive()
                if request is None:
                    return
                if request["do"] == "exec":
                    self._execute(client, request, fds)
                else:
                    client.send({"result": commands.run(self._cluster, request["do"], request["with"], fds)})
            except LabError as problem:
                _try_to_send(client, {"error": str(problem)})
            except Exception as problem:  # a bug or a full machine: say it on both sides, keep the lab
                traceback.print_exc()
                _try_to_send(client, {"error": f"{type(problem).__name__}: {problem}"})

    def _execute(self, client, request, fds):
        """Runs a command on the client's streams until it ends or the client goes away."""
        try:
            with self._cluster.place(request["where"]).entered():
                process = subprocess.Popen(
                    request["argv"], stdin=fds[0], stdout=fds[1], stderr=fds[2], cwd=_folder(request["cwd"]),
                    env=self._cluster.environment(request["where"]), start_new_session=True,
                )  # fmt: skip
        except FileNotFoundError as problem:
            raise LabError(f"there is no program {problem.filename}") from None
        finally:
            for fd in fds:
                os.close(fd)
        client.send({"pid": process.pid})
        _serve_process(client, process)


def _serve_process(client, process):
    """Passes the client's signals on; kills the process group when the client leaves first."""
    ended = os.pidfd_open(process.pid)
    try:
        while client.has_message() or ended not in select.select([client, ended], [], [])[0]:
            message, _ = client.receive()
            number = message["signal"] if message else signal.SIGKILL
            os.killpg(process.pid, number)
            if not message:
                break
    finally:
        os.close(ended)
        code = process.wait()
    _try_to_send(client, {"exit": code})


def _folder(wanted):
    return wanted if os.path.isdir(wanted) else "/"


def _try_to_send(client, message):
    try:
        client.send(message)
    except OSError:
        pass
