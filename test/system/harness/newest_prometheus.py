# SPDX-License-Identifier: Apache-2.0
"""The newest Prometheus and its promtool, where test/prometheus/build has built them: Debian's is years older."""

import json
import subprocess
import tempfile
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

from calicolab.waiting import eventually
from harness.tools import ROOT


def newest(program):
    """`prometheus` or `promtool`, for tests that would skip without it."""
    built = subprocess.run([ROOT / "test/prometheus/build", "--path"], capture_output=True, text=True, check=True)
    path = Path(built.stdout.strip(), program)
    if not path.exists():
        raise unittest.SkipTest(f"{path} is not built; `make test-long` builds it where Go 1.26 is")
    return str(path)


class Prometheus:
    """On loopback, with this configuration (a text) and the files beside it ({name: text}). Ends with close(), which
    tests add as a cleanup."""

    def __init__(self, config, **files):
        program = newest("prometheus")
        self._folder = tempfile.TemporaryDirectory(prefix="caliwatch-prometheus-")
        for name, text in {"prometheus.yml": config, **files}.items():
            Path(self._folder.name, name).write_text(text)
        # A port of the kernel's choice is told in the log alone.
        command = [
            program, f"--config.file={self._folder.name}/prometheus.yml", "--web.listen-address=127.0.0.1:0",
            f"--storage.tsdb.path={self._folder.name}/data", "--log.format=json",
        ]  # fmt: skip
        with open(Path(self._folder.name, "log"), "w") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=self._folder.name)
        try:
            if not eventually(self._ready, timeout=120) or self._process.poll() is not None:
                raise AssertionError(f"Prometheus did not become ready: {self.log()[-3000:]}")
        except BaseException:
            self.close()
            raise

    def log(self):
        return Path(self._folder.name, "log").read_text()

    def _ready(self):
        if self._process.poll() is not None:
            return True
        told = [json.loads(line) for line in self.log().splitlines() if line.startswith("{") and line.endswith("}")]
        at = next((line["address"] for line in told if line.get("msg") == "Listening on"), None)
        if at is None:
            return False
        self._url = f"http://{at}"
        try:
            with urllib.request.urlopen(f"{self._url}/-/ready", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def ask(self, path, **parameters):
        """The data of its answer: ask("query", query="up")."""
        url = f"{self._url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=60) as answer:
            return json.loads(answer.read())["data"]

    def close(self):
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()
