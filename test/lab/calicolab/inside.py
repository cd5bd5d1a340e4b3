# SPDX-License-Identifier: Apache-2.0
"""The sandbox's first process. Runs as `python3 -m calicolab.inside LIFELINE LISTENER OPTIONS` in fresh namespaces.

Everything in the sandbox dies with it (it is pid 1 there), and it dies when the lifeline closes, that is, with the
process that made the lab, however that ended. All files are in a tmpfs nobody else sees.
"""

import json
import os
import socket
import sys
import threading

from calicolab import netns
from calicolab.cluster import Cluster
from calicolab.control import Server
from calicolab.errors import LabError
from calicolab.options import Options


def main(lifeline_fd, listener_fd, options):
    lifeline = socket.socket(fileno=int(lifeline_fd))
    threading.Thread(target=_end_with, args=[lifeline], daemon=True).start()
    netns.mount("tmpfs", "/run", "tmpfs")
    os.environ["PATH"] = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"  # where an ordinary user does not look

    def report(**message):
        lifeline.sendall(json.dumps(message).encode() + b"\n")

    try:
        cluster = Cluster(Options.from_json(options), lambda line: report(say=line))
        cluster.create()
    except LabError as problem:
        report(error=str(problem))
        os._exit(1)
    server = Server(socket.socket(fileno=int(listener_fd)), cluster)
    report(ready=True)
    server.serve()


def _end_with(lifeline):
    lifeline.recv(1)
    os._exit(0)


def become_init():
    """Leaves pid 1 to reap orphans; returns in the child that does the work."""
    worker = os.fork()
    if worker == 0:
        return
    while os.wait()[0] != worker:
        pass
    os._exit(0)


if __name__ == "__main__":
    become_init()
    main(*sys.argv[1:])
