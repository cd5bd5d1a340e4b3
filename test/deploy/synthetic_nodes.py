# SPDX-License-Identifier: Apache-2.0
"""A Cluster of cluster_series as pods of a real API server, whose metrics are served on loopback, each node at an
address of its own; its hour passes `faster` times as fast. What is made up are the numbers and that pods answer; pods
come, go and are replaced in the API as they would."""

import asyncio
import threading
import time

from deploy.cluster_series import GONE, MINUTES, STEP

_STEPS = MINUTES * 60 // STEP
_TARGET_LABELS = {"instance", "job", "cluster", "pod"}  # which a scrape adds


def _line(metric, labels, value):
    kept = ",".join(f'{name}="{text}"' for name, text in labels if name not in _TARGET_LABELS)
    return f"{metric}{{{kept}}} {value}\n"


class SyntheticNodes:
    """template: the pods' metadata and spec, as the chart's DaemonSet has them. Ends with close()."""

    def __init__(self, cluster, kube, namespace, template, faster, port=10179):
        self._kube, self._namespace, self._template = kube, namespace, template
        self._step_seconds = STEP / faster
        self._series = {}  # {node: [(metric, labels, values)]}
        for (metric, labels), values in cluster.series().items():
            self._series.setdefault(dict(labels)["instance"], []).append((metric, labels, values))
        self._pods = {}  # {node: the name of its pod, which is in the API}
        self._port = port
        self._began = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        for number, node in enumerate(cluster.names, 1):
            asyncio.run_coroutine_threadsafe(self._listen(node, self.address(number)), self._loop).result(30)
        self._numbers = {node: number for number, node in enumerate(cluster.names, 1)}

    @staticmethod
    def address(number):
        return f"127.1.{number // 250}.{number % 250 + 1}"

    def minute(self):
        """Of the cluster's hour."""
        return 0 if self._began is None else (time.time() - self._began) / self._step_seconds * STEP / 60

    def play(self):
        """The hour: pods come and go in the API as the series do. Returns when it began, and when it ended."""
        self._keep_pods(0)
        self._began = time.time()
        for step in range(1, _STEPS):
            time.sleep(max(0, self._began + step * self._step_seconds - time.time()))
            self._keep_pods(step)
        return self._began, time.time()

    def _keep_pods(self, step):
        for node, series in self._series.items():
            ups = [(labels, values[step]) for metric, labels, values in series if metric == "up"]
            there = [dict(labels).get("pod", "a") for labels, value in ups if value is not GONE]
            name = f"{node}-{there[-1]}" if there else None
            if name == self._pods.get(node):
                continue
            if self._pods.get(node):
                self._kube.delete(f"/api/v1/namespaces/{self._namespace}/pods/{self._pods[node]}")
            if name:
                self._make_pod(node, name)
            self._pods[node] = name

    def _make_pod(self, node, name):
        metadata = {**self._template["metadata"], "name": name, "namespace": self._namespace}
        spec = {**self._template["spec"], "nodeName": node}
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
        address = self.address(self._numbers[node])
        status = {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}], "hostIP": address}
        self._kube.put(f"/api/v1/namespaces/{self._namespace}/pods", body, status=status)

    def _scrape(self, node):
        """What the node answers now; None: it does not."""
        step = min(_STEPS - 1, int(self.minute() * 60 // STEP))
        if not any(values[step] == 1 for metric, _, values in self._series[node] if metric == "up"):
            return None
        lines = []
        for metric, labels, values in self._series[node]:
            if metric != "up" and values[step] is not GONE:
                # The hour is short, but Prometheus' clock is not.
                moment = metric.endswith("_timestamp_seconds")
                lines.append(_line(metric, labels, time.time() if moment else values[step]))
        return "".join(lines)

    async def _listen(self, node, address):
        async def answer(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            body = self._scrape(node)
            if body is not None:
                head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {len(body)}\r\n"
                writer.write(f"{head}Connection: close\r\n\r\n{body}".encode())
                await writer.drain()
            writer.close()

        await asyncio.start_server(answer, address, self._port)

    def close(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
