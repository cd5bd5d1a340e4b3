# SPDX-License-Identifier: Apache-2.0
"""What this checkout's YAML files and its list of metrics say."""

import re
import sys

from calicolab.errors import EXIT_SKIP
from harness.tools import ROOT

try:
    import yaml
except ImportError:
    print("skipped: this Python has no YAML parser; install Debian's python3-yaml, or run `make deps`")
    sys.exit(EXIT_SKIP)


def documents(path):
    return [document for document in yaml.safe_load_all((ROOT / path).read_text()) if document]


def documented_metrics():
    """{name: (type, labels)} of docs/metrics.md, with the series that a histogram consists of."""
    metrics = {}
    for line in (ROOT / "docs/metrics.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        name = re.fullmatch(r"`([a-z0-9_]+)`", cells[0])
        if not name or len(cells) < 3:
            continue
        labels = set(re.findall(r"[a-z_]+", cells[2]))
        metrics[name[1]] = (cells[1], labels)
        if cells[1] == "histogram":
            metrics[name[1] + "_bucket"] = ("counter", labels | {"le"})
            metrics[name[1] + "_sum"] = metrics[name[1] + "_count"] = ("counter", labels)
    return metrics


def metrics_in(expression):
    return set(re.findall(r"\b(?:caliwatch|process)_[a-z0-9_]+", expression))
