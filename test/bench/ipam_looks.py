# SPDX-License-Identifier: Apache-2.0
"""What test/bench/ipam says and does, in a network namespace of its own: PROGRAM [--real | --serve] [NODES]"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from big_cluster import BigCluster
from big_server import BigServer

from harness.certificates import Certificates
from harness.kube import Kube
from harness.kube_records import define
from harness.program import IpamServer

MOST_CPU, MOST_MIB, CHANGES = 5.0, 300, 100


class Looks:
    def __init__(self, program, kubeconfig, agents):
        self._process = subprocess.Popen(
            [program, kubeconfig, agents], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def do(self, line):
        """What it cost: of a look, reading alone and all of it."""
        print(line, file=self._process.stdin, flush=True)
        return [json.loads(self._process.stdout.readline()) for _ in range(2 if line == "look" else 1)]

    def close(self):
        self._process.stdin.close()
        self._process.wait()


def kubeconfig(folder, url, authority, token):
    document = {
        "apiVersion": "v1", "kind": "Config", "current-context": "bench",
        "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": "bench"}}],
        "clusters": [{"name": "bench", "cluster": {"server": url, "certificate-authority": authority}}],
        "users": [{"name": "bench", "user": {"token": token}}],
    }  # fmt: skip
    path = os.path.join(folder, "kubeconfig")
    with open(path, "w") as file:
        json.dump(document, file)
    return path


def told(what, samples):
    read, whole = samples
    print(
        f"{what:28} {whole['cpu'] / 1e3:7.2f} s CPU (reading {read['cpu'] / 1e3:.2f}), {whole['wall'] / 1e3:7.2f} s,"
        f" peak {whole['peak_kib'] / 1024:.0f} MiB; {whole['rows']} rows, {whole['recorded']} addresses,"
        f" {whole['outcome']}",
        flush=True,
    )
    if whole["unread"] or whole["outcome"] not in ("clean", "unsure"):
        sys.exit(f"it is not healthy: {whole}")
    return whole["cpu"] / 1e3, whole["peak_kib"] / 1024


def measure(looks, change):
    costs = [told("the first look", looks.do("look"))]
    looks.do("wait 12")
    costs.append(told("the second, nothing changed", looks.do("look")))
    (waited,) = looks.do("wait 12")
    print(f"{'12 s of watching':28} {waited['cpu'] / 1e3:7.2f} s CPU", flush=True)
    change()
    (waited,) = looks.do("wait 12")
    print(f"{f'the same, {CHANGES} pods replaced':28} {waited['cpu'] / 1e3:7.2f} s CPU", flush=True)
    costs.append(told(f"the third, {CHANGES} pods replaced", looks.do("look")))
    return max(cpu for cpu, _ in costs) <= MOST_CPU and max(peak for _, peak in costs) <= MOST_MIB


def with_stand_in(program, nodes, folder):
    certificate, key = Certificates(folder).self_signed("server", "subjectAltName=IP:127.0.0.1")
    server = BigServer(BigCluster(nodes), certificate, key)
    looks = Looks(program, kubeconfig(folder, server.url, certificate, "token"), f"nodes:{server.agents_port}")
    try:
        good = measure(looks, lambda: server.change(CHANGES))
        print(f"{server.lists} pages were asked for")
    finally:
        looks.close()
    return good


def series_of(server):
    lines = [line for line in server.ask("/metrics")[2].decode().splitlines() if line[0] != "#"]
    return {series: float(value) for series, _, value in (line.rpartition(" ") for line in lines)}


def in_service(program, nodes, folder):
    """`caliwatch ipam --serve` as it is shipped, until it has looked six times more than it took to see all."""
    certificate, key = Certificates(folder).self_signed("server", "subjectAltName=IP:127.0.0.1")
    cluster = BigCluster(nodes)
    server = BigServer(cluster, certificate, key)
    config = kubeconfig(folder, server.url, certificate, "token")
    rows = 'caliwatch_ipam_evidence_rows{{kind="{}"}}'
    whole = {rows.format("pods"): cluster.pods, rows.format("handles"): cluster.pods,
             rows.format("blocks"): cluster.blocks, rows.format("reports"): nodes}  # fmt: skip

    with IpamServer("--kubeconfig", config, "--agents", f"nodes:{server.agents_port}", program=program) as serving:

        def look(done):
            while serving.ask("/-/ready")[0] != 200 or not done(series_of(serving)):
                time.sleep(1)
            own = series_of(serving)
            with open(f"/proc/{serving.pid}/status") as status:
                peak = int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) / 1024
            return own["process_cpu_seconds_total"], peak, own

        # What takes more than a minute of a server is seen by a later look.
        cpu, peak, own = look(lambda own: whole.items() <= own.items())
        count = own["caliwatch_ipam_looks_total"]
        resident = own["process_resident_memory_bytes"] / (1 << 20)
        print(f"until all is seen: {cpu:.2f} s CPU, {count:.0f} looks, {resident:.0f} MiB, peak {peak:.0f}", flush=True)
        sixth, peak, own = look(lambda own: own["caliwatch_ipam_looks_total"] >= count + 6)
        looks = own["caliwatch_ipam_looks_total"] - count
        resident = own["process_resident_memory_bytes"] / (1 << 20)
        print(f"{looks:.0f} more looks: {(sixth - cpu) / looks:.2f} s CPU each, with what is watched between them,"
              f" {resident:.0f} MiB, peak {peak:.0f}")  # fmt: skip
    return cpu <= MOST_CPU and peak <= MOST_MIB


def fill(kube, cluster):
    """Objects a second."""
    calico = "/apis/crd.projectcalico.org/v1"
    begin = time.monotonic()

    def node(number):
        kube.put("/api/v1/nodes", *_core("Node", cluster.node(number)))

    def block(number):
        kube.put(f"{calico}/ipamblocks", _calicos("IPAMBlock", cluster.block(number)))
        kube.put(f"{calico}/blockaffinities", _calicos("BlockAffinity", cluster.affinity(number)))

    def pod(number):
        kube.put(f"{calico}/ipamhandles", _calicos("IPAMHandle", cluster.handle(number)))
        kube.put("/api/v1/namespaces/default/pods", *_core("Pod", cluster.pod(number)))

    kube.put(f"{calico}/ippools", _calicos("IPPool", cluster.pool()))
    with ThreadPoolExecutor(8) as pool:
        for each, count in ((node, cluster.nodes), (block, cluster.blocks), (pod, cluster.pods)):
            list(pool.map(each, range(count)))
    seconds = time.monotonic() - begin
    objects = cluster.nodes + 2 * cluster.blocks + 2 * cluster.pods
    print(f"{objects} objects were written in {seconds:.0f} s, {objects / seconds:.0f} a second", flush=True)


def _core(kind, body_and_status):
    body, status = body_and_status
    return {"apiVersion": "v1", "kind": kind, **body}, status


def _calicos(kind, body):
    return {"apiVersion": "crd.projectcalico.org/v1", "kind": kind, **body}


def with_kube(program, nodes, folder):
    cluster = BigCluster(nodes)
    kube = Kube()
    try:
        define(kube)
        fill(kube, cluster)
        agents = BigServer(cluster, *Certificates(folder).self_signed("server", "subjectAltName=IP:127.0.0.1"))

        def change():
            for number in range(min(CHANGES, cluster.pods)):
                kube.delete(f"/api/v1/namespaces/default/pods/{cluster.pod_name(number)}")
                kube.delete(f"/apis/crd.projectcalico.org/v1/ipamhandles/{cluster.handle_name(number)}")
                cluster.renew(number)
                kube.put("/apis/crd.projectcalico.org/v1/ipamhandles", _calicos("IPAMHandle", cluster.handle(number)))
                kube.put("/apis/crd.projectcalico.org/v1/ipamblocks", _calicos("IPAMBlock", cluster.block(number // 5)))
                kube.put("/api/v1/namespaces/default/pods", *_core("Pod", cluster.pod(number)))

        looks = Looks(program, kube.kubeconfig(), f"nodes:{agents.agents_port}")
        try:
            return measure(looks, change)
        finally:
            looks.close()
    finally:
        kube.close()


def main(program, *rest):
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    real = "--real" in rest
    numbers = [int(word) for word in rest if word[0] != "-"]
    with tempfile.TemporaryDirectory(prefix="caliwatch-bench-") as place:
        run = with_kube if real else in_service if "--serve" in rest else with_stand_in
        return 0 if run(program, *(numbers or [50 if real else 5000]), place) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
