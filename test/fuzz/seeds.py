#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes inputs for the fuzzers from what was recorded: seeds.py FOLDER.

`test/fuzz/run --merge` keeps those that teach them something. State files are in no recording; those in the corpus
are of an agent of test/recordings/nodes.
"""

import hashlib
import pathlib
import sys

TEST = pathlib.Path(__file__).resolve().parent.parent
RECORDINGS = TEST / "recordings"
TABLES = ["links", "addresses", "routes", "neighbors", "fdb", "netconf", "neighbor_limits", "rules", "link_stats"]
TABLES += ["bgp_sockets", "pods"]
EVENTS = len(TABLES)
MOST = 16384  # bytes of one input

REQUESTS = [
    *(f"GET {path}\ngzip" for path in ("/", "/metrics", "/api/v1/report", "/-/healthy", "/status.css", "/none")),
    "HEAD /metrics\n",
    "POST /\nidentity;q=0, *;q=0.5",
]
RAW = [
    "GET /metrics HTTP/1.1\r\nHost: node:10179\r\nAccept-Encoding: gzip\r\n\r\n",
    "HEAD / HTTP/1.0\r\n\r\n",
    "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    "GET http://[::1]/%2e%2e/?a=b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
]
STREAM = """0001 BIRD 1.6.8 ready.
0016 Access restricted
0000 Logging
+Mesh_10_39_1_36: State changed to up
+Mesh_10_39_1_36: BGP session established
+bird: Reconfigured
+Graceful restart done
+BGP: Unexpected connect from unknown address 10.39.1.9 (port 40113)
<12 messages lost>
0016 Access restricted
"""
CONFIGURATION = """web:
  listen-address: [":10179", "127.0.0.1:9"]
  telemetry-path: /metrics
poll:
  interval: 5s
log: {level: debug, format: json}
"""


def bird_answers():
    for path in RECORDINGS.glob("**/bird*/**/*show_*.txt"):
        question = 0 if "status" in path.name else 2 if "route" in path.name else 1
        yield bytes([question]) + path.read_bytes()


def bird_stream():
    for piece in (0, 6, 255):
        yield bytes([piece]) + STREAM.encode()
    for path in RECORDINGS.glob("bird/*/*established__show_protocols.txt"):
        yield b"\x20" + path.read_bytes()


def netlink():
    for path in RECORDINGS.glob("**/kernel/*.netlink"):
        content = path.read_bytes()
        if path.stem in TABLES and content:
            yield bytes([TABLES.index(path.stem)]) + content
        if path.stem in ("links", "routes", "neighbors", "addresses"):
            yield bytes([EVENTS]) + content


def calico_files():
    for number, name in enumerate(("nodename", "mtu", "cni_kubeconfig", "felix")):
        for path in RECORDINGS.glob(f"**/calico/{name}"):
            yield bytes([number]) + path.read_bytes()
    yield b"\x022026-11-27T12:00:00Z"
    for path in RECORDINGS.glob("**/endpoint-status/*"):
        yield b"\x04" + path.name.encode() + b"\n" + path.read_bytes()


def configuration():
    yield CONFIGURATION.encode()
    yield b"poll: {interval: !!str 5s}\n---\nweb: &a [*a]\n"


def recordings():
    for head in RECORDINGS.glob("**/recording.txt"):
        paths = sorted(path for path in head.parent.rglob("*") if path.is_file())
        if "look-2" not in head.parts:
            yield b"".join(b"=== %s\n%s\n" % (str(p.relative_to(head.parent)).encode(), p.read_bytes()) for p in paths)[
                :-1
            ]
    start = (RECORDINGS / "nodes/healthy-bird2/recording.txt").read_bytes()
    yield b"=== recording.txt\n" + start + b"\n==> calico/nodename\n../../secret\n==| calico/mtu\n"


def http():
    for request in REQUESTS:
        yield b"\x00" + request.encode()
    for request in RAW:
        for first in (1, 255):
            yield bytes([first]) + request.encode()


def node():
    for which in range(9):
        yield bytes([which])
        for source in range(20):  # a byte, a word, a failure, another node's; each before a poll
            steps = [[1, source, 0, 0, 0, 77, 33], [3, source, 2, 0, 0, 200, 1], [0], [3, source, 8, 6]]
            steps += [[0, 5], [1, source, 9, (which + 1) % 9]]
            yield bytes([which]) + b"".join(bytes(step).ljust(8, b"\0") for step in steps)


def main():
    folder = pathlib.Path(sys.argv[1])
    for seeds in (bird_answers, bird_stream, netlink, calico_files, configuration, recordings, http, node):
        inner = folder / seeds.__name__
        inner.mkdir(parents=True, exist_ok=True)
        most = 131072 if seeds is recordings else MOST
        for seed in seeds():
            if len(seed) <= most:
                (inner / hashlib.sha1(seed, usedforsecurity=False).hexdigest()[:16]).write_bytes(seed)


if __name__ == "__main__":
    main()
