# SPDX-License-Identifier: Apache-2.0
"""An agent's metrics, as a scraper reads them."""

import collections
import re
import urllib.request

from calicolab.waiting import patience

_SAMPLE = re.compile(r"^([a-z_]+)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')

Sample = collections.namedtuple("Sample", "name labels value")


def scrape(lab, node, timeout=5):
    """The text of /metrics."""
    return scrape_at(lab.agent_url(node), timeout)


def scrape_at(url, timeout=5):
    """The same, where the agent's address is known: asking the lab for it asks every BIRD as well."""
    with urllib.request.urlopen(url + "metrics", timeout=patience(timeout)) as answer:
        return answer.read().decode()


def samples(text, name):
    """Every series of this name: labels as a dict, value as a float."""
    found = []
    for line in text.splitlines():
        match = line.startswith(name) and _SAMPLE.match(line)
        if match and match[1] == name:
            found.append(Sample(match[1], dict(_LABEL.findall(match[2] or "")), float(match[3])))
    return found


def by(text, name, *labels):
    """{label values: value}; a single label stands for itself."""
    keys = lambda sample: tuple(sample.labels[label] for label in labels)
    return {key[0] if len(key) == 1 else key: sample.value for sample in samples(text, name) for key in [keys(sample)]}
