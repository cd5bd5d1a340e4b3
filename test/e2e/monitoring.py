# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus and a real Alertmanager at a lab's monitor, and the webhook that gets their notifications."""

import json
import os
import shutil
import sys
import tempfile

from agents import ROOT, TOOLS

PROMETHEUS = os.path.join(TOOLS, "prometheus/usr/bin/prometheus")
PROMTOOL = os.path.join(TOOLS, "prometheus/usr/bin/promtool")
ALERTMANAGER = os.path.join(TOOLS, "prometheus-alertmanager/usr/bin/prometheus-alertmanager")
RULES = os.path.join(ROOT, "deploy/prometheus/rules.yaml")

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
_ROUTES = """\
route: {receiver: hook, group_by: [alertname, instance], group_wait: 1s, group_interval: 5s, repeat_interval: 1h}
receivers: [{name: hook, webhook_configs: [{url: "http://127.0.0.1:9099/", send_resolved: true}]}]
"""
_ASK = "import sys, urllib.request as u; print(u.urlopen('http://127.0.0.1:9090/api/v1/' + sys.argv[1], timeout=3).read().decode())"
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


class Monitoring:
    """rules: the text of a rule file, or None for scraping alone. Ends with close(), which tests add as a cleanup."""

    def __init__(self, lab, targets, rules=None):
        self._place = lab.node("monitor")
        self._folder = tempfile.mkdtemp()
        self._running = []
        listed = ", ".join(f'"{target}"' for target in targets)
        self._write("prometheus.yml", _CONFIG.format(targets=listed, rules=_ALERTING if rules else ""))
        if rules:
            self._write("rules.yaml", rules)
            self._write("alertmanager.yml", _ROUTES)
            self._hook = self._start([sys.executable, "-c", _HOOK])
            self._start([
                *_WITH_TEMPLATES, ALERTMANAGER, f"--config.file={self._folder}/alertmanager.yml", f"--storage.path={self._folder}/alerts",
                "--web.listen-address=127.0.0.1:9093", "--cluster.listen-address=",
            ])  # fmt: skip
        files = [f"--config.file={self._folder}/prometheus.yml", f"--storage.tsdb.path={self._folder}/data"]
        self._start([PROMETHEUS, *files, "--web.listen-address=127.0.0.1:9090"])

    def ask(self, path):
        """The data of Prometheus' answer, or None while it does not answer."""
        done = self._place.run([sys.executable, "-c", _ASK, path], check=False)
        return json.loads(done.stdout)["data"] if done.returncode == 0 else None

    def notifications(self):
        """[(seconds since the epoch, status, alert)] as the webhook got them, in order."""
        got = []
        for line in self._hook.out.split("\n")[:-1]:  # the last may still be in writing
            at, _, body = line.partition(" ")
            got += [(float(at), alert["status"], alert) for alert in json.loads(body)["alerts"]]
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
