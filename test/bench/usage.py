# SPDX-License-Identifier: Apache-2.0
"""What a process has used, from /proc, and what a scrape took."""

import dataclasses
import gzip
import http.client
import os
import re
import time

# What Prometheus sends.
HEADERS = {
    "Accept": "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    "Accept-Encoding": "gzip",
}


@dataclasses.dataclass(frozen=True)
class Usage:
    cpu_ms: float  # user and system, of all threads there ever were
    minor_faults: int
    major_faults: int
    rss_mib: float
    peak_mib: float
    threads: int
    descriptors: int


def usage_of(pid):
    with open(f"/proc/{pid}/stat") as stat, open(f"/proc/{pid}/status") as status:
        return Usage(
            cpu_ms=cpu_ms(pid), **faults(stat.read()), **memory(status.read()),
            descriptors=len(os.listdir(f"/proc/{pid}/fd")),
        )  # fmt: skip


def cpu_ms(pid):
    """By the clock that clock_getcpuclockid(3) names: /proc/PID/stat counts in steps of 10 ms."""
    return time.clock_gettime_ns((~pid << 3) | 2) / 1e6


def faults(stat):
    """Of /proc/PID/stat; the program's name may have spaces and brackets."""
    fields = stat.rpartition(") ")[2].split()
    return {"minor_faults": int(fields[7]), "major_faults": int(fields[9])}


def memory(status):
    """Of /proc/PID/status."""
    values = dict(re.findall(r"^(VmRSS|VmHWM|Threads):\s+(\d+)", status, re.M))
    return {
        "rss_mib": int(values["VmRSS"]) / 1024,
        "peak_mib": int(values["VmHWM"]) / 1024,
        "threads": int(values["Threads"]),
    }


def busiest_thread(pid):
    """The directory of the one with the most CPU time so far: of an agent that nobody asks, the one that polls."""
    tasks = [f"/proc/{pid}/task/{thread}" for thread in os.listdir(f"/proc/{pid}/task")]
    return max(tasks, key=thread_ns)


def thread_ns(task):
    with open(f"{task}/schedstat") as stat:
        return int(stat.read().split()[0])


class NotYet(Exception):
    """It answers, but not with metrics."""


class Scraper:
    """On one connection, which stays open, as Prometheus does it."""

    def __init__(self, port, path="/metrics"):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._path = path

    def scrape(self):
        """(milliseconds, the answer's text as bytes)"""
        begin = time.monotonic_ns()
        self._connection.request("GET", self._path, headers=HEADERS)
        answer = self._connection.getresponse()
        body = answer.read()
        took = (time.monotonic_ns() - begin) / 1e6
        if answer.status != 200:
            raise NotYet(f"a scrape got {answer.status}: {body[:200]}")
        return took, gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body


def value(text, name):
    """The sum of a metric's series in an answer; None where there is none."""
    found = re.findall(rb"^%s(?:\{[^\n]*\})? (\S+)$" % name.encode(), text, re.M)
    return sum(map(float, found)) if found else None
