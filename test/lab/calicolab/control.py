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
from calicolab.wire import peer_of, receive, send

class Server:
    def __init__(self, listener, cluster):
        self._listener = listener
        self._cluster = cluster
        listener.listen(64)

    def serve(self):
        while True:
            connection, _ = self._listener.accept()
            threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection):
        with connection:
            try:
                if peer_of(connection)[1] != os.geteuid():
                    raise LabError("this lab belongs to another user")
                request, fds = receive(connection)
                if request is None:
                    return
                if request["do"] == "exec":
                    self._execute(connection, request, fds)
                else:
                    send(connection, {"result": commands.run(self._cluster, request["do"], request["with"], fds)})
            except LabError as problem:
                _try_to_send(connection, {"error": str(problem)})
            except Exception as problem:  # a bug or a full machine: say it on both sides, keep the lab
                traceback.print_exc()
                _try_to_send(connection, {"error": f"{type(problem).__name__}: {problem}"})

    def _execute(self, connection, request, fds):
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
        send(connection, {"pid": process.pid})
        _serve_process(connection, process)


def _serve_process(connection, process):
    """Passes the client's signals on; kills the process group when the client leaves first."""
    ended = os.pidfd_open(process.pid)
    try:
        while ended not in select.select([connection, ended], [], [])[0]:
            message, _ = receive(connection)
            number = message["signal"] if message else signal.SIGKILL
            os.killpg(process.pid, number)
            if not message:
                break
    finally:
        os.close(ended)
        code = process.wait()
    _try_to_send(connection, {"exit": code})


def _folder(wanted):
    return wanted if os.path.isdir(wanted) else "/"


def _try_to_send(connection, message):
    try:
        send(connection, message)
    except OSError:
        pass
