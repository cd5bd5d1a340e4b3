# SPDX-License-Identifier: Apache-2.0
"""What tests of real agents share: where the program is, and its metrics as a scraper reads them."""

import collections
import os
import re
import urllib.request

from witness import eventually

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CALIWATCH = os.environ.get("CALIWATCH", os.path.join(ROOT, "build/dev/caliwatch"))
TOOLS = os.environ.get("CALIWATCH_TOOLS", os.path.join(ROOT, "build/tools"))

_SAMPLE = re.compile(r'^([a-z_]+)(?:\{(.*)\})? (\S+)$')
_LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')

Sample = collections.namedtuple("Sample", "name labels value")


def scrape(lab, node, timeout=5):
    """The text of /metrics."""
    with urllib.request.urlopen(lab.agent_url(node) + "metrics", timeout=timeout) as answer:
        return answer.read().decode()


def samples(text, name):
    """Every series of this name: labels as a dict, value as a float."""
    found = []
    for line in text.splitlines():
        match = _SAMPLE.match(line)
        if match and match[1] == name:
            found.append(Sample(match[1], dict(_LABEL.findall(match[2] or "")), float(match[3])))
    return found


def by(text, name, *labels):
    """{label values: value}; a single label stands for itself."""
    keys = lambda sample: tuple(sample.labels[label] for label in labels)  # noqa: E731
    return {key[0] if len(key) == 1 else key: sample.value for sample in samples(text, name) for key in [keys(sample)]}


def ready(lab):
    """Waits until every agent has metrics of a first poll."""
    for row in lab.status()["nodes"]:
        eventually(lambda name=row["name"]: answers(lab, name)) or _fail(row["name"])


def answers(lab, node):
    try:
        return bool(samples(scrape(lab, node), "caliwatch_polls_total"))
    except OSError:
        return False


def _fail(node):
    raise AssertionError(f"the agent of {node} serves no metrics")
