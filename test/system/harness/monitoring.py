# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus and a real Alertmanager at a lab's monitor, as deploy/prometheus sets them up, and the webhook that
gets their notifications."""

import json
import os
import re
import shutil
import sys
import tempfile

from harness.tools import ROOT, TOOLS

PROMETHEUS = os.path.join(TOOLS, "prometheus/usr/bin/prometheus")
PROMTOOL = os.path.join(TOOLS, "prometheus/usr/bin/promtool")
ALERTMANAGER = os.path.join(TOOLS, "prometheus-alertmanager/usr/bin/prometheus-alertmanager")
_DEPLOY = os.path.join(ROOT, "deploy/prometheus")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

# Debian's Alertmanager reads templates from where its package puts them; it was only unpacked. The place is made in a
# mount namespace of its own.
_TEMPLATES = "usr/share/prometheus/alertmanager"
_WITH_TEMPLATES = [
    "unshare", "--mount", "sh", "-c",
    f'mount -t tmpfs none /usr/share && mkdir -p /{_TEMPLATES} && cp -r "$0"/* /{_TEMPLATES} && exec "$@"',
    os.path.join(TOOLS, "prometheus-alertmanager", _TEMPLATES),
]  # fmt: skip

_CONFIG = """\
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
{rules}
scrape_configs:
  - job_name: caliwatch
    static_configs: [{{targets: [{targets}]}}]
"""
_ALERTING = """\
rule_files: [rules.yaml]
alerting: {alertmanagers: [{static_configs: [{targets: ["127.0.0.1:9093"]}]}]}
"""
_ASK = """
import sys, urllib.request
print(urllib.request.urlopen("http://127.0.0.1:9090/api/v1/" + sys.argv[1], timeout=3).read().decode())
"""
_HOOK = """
import http.server, sys, time
class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        print(time.time(), body.replace("\\n", " "), flush=True)
        self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", 9099), Hook).serve_forever()
"""


def faster_rules(text, factor):
    """These rules with `for:`s and ranges that many times shorter."""
    return _faster(text, r"(\bfor: |\[)(\d+)([smhd])\b", factor)


def rules(faster=1, slow=60):
    """The shipped rules; `for:`s and ranges that many times shorter, and so many seconds for a convergence to be
    slow."""
    text = faster_rules(_shipped("rules.yaml"), faster)
    assert (text.count("} > 60"), text.count("} > 300)")) == (3, 1)
    return text.replace("} > 60", f"}} > {slow}").replace("} > 300)", f"}} > {5 * slow})")


def _routes(faster):
    text = _faster(_shipped("alertmanager.yml"), r"(_wait: |_interval: )(\d+)([smhd])\b", faster)
    return re.sub(r"http://(\w+)\.example/alerts", r"http://127.0.0.1:9099/\1", text)


def _shipped(name):
    with open(os.path.join(_DEPLOY, name)) as file:
        return file.read()


def _faster(text, durations, factor):
    shorter = lambda found: f"{found[1]}{int(found[2]) * _SECONDS[found[3]] * 1000 // factor}ms"
    return re.sub(durations, shorter, text)


class Monitoring:
    """rules: the text of a rule file, or None for scraping alone. faster: how much Alertmanager's waits are shortened.
    Ends with close(), which tests add as a cleanup."""

    def __init__(self, lab, targets, rules=None, faster=1):
        self._place = lab.node("monitor")
        self._folder = tempfile.mkdtemp()
        self._running = []
        listed = ", ".join(f'"{target}"' for target in targets)
        self._write("prometheus.yml", _CONFIG.format(targets=listed, rules=_ALERTING if rules else ""))
        if rules:
            self._write("rules.yaml", rules)
            self._write("alertmanager.yml", _routes(faster))
            self._hook = self._start([sys.executable, "-c", _HOOK])
            self._start([
                *_WITH_TEMPLATES, ALERTMANAGER, f"--config.file={self._folder}/alertmanager.yml",
                f"--storage.path={self._folder}/alerts",
                "--web.listen-address=127.0.0.1:9093", "--cluster.listen-address=",
            ])  # fmt: skip
        files = [f"--config.file={self._folder}/prometheus.yml", f"--storage.tsdb.path={self._folder}/data"]
        self._start([PROMETHEUS, *files, "--web.listen-address=127.0.0.1:9090"])

    def ask(self, path):
        """The data of Prometheus' answer, or None while it does not answer."""
        done = self._place.run([sys.executable, "-c", _ASK, path], check=False)
        return json.loads(done.stdout)["data"] if done.returncode == 0 else None

    def notifications(self):
        """[(seconds since the epoch, status, alert)] as the webhook got them, in order; alerts have their "receiver",
        too."""
        got = []
        for line in self._hook.out.split("\n")[:-1]:  # the last may still be in writing
            at, _, body = line.partition(" ")
            message = json.loads(body)
            got += [
                (float(at), alert["status"], {**alert, "receiver": message["receiver"]}) for alert in message["alerts"]
            ]
        return got

    def close(self):
        for running in reversed(self._running):
            running.close()
        shutil.rmtree(self._folder)

    def _write(self, name, text):
        with open(os.path.join(self._folder, name), "w") as out:
            out.write(text)

    def _start(self, argv):
        self._running.append(self._place.start(argv))
        return self._running[-1]
