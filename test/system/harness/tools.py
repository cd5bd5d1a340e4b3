# SPDX-License-Identifier: Apache-2.0
"""What the tests of the deployment files share: where things are, and how to say that a tool is missing."""

import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = 77  # what ctest and automake take for "skipped"


try:
    import yaml
except ImportError:
    print("skipped: this Python has no YAML parser; install Debian's python3-yaml, or run `make deps`")
    sys.exit(SKIPPED)


def documents(path):
    return [document for document in yaml.safe_load_all((ROOT / path).read_text()) if document]


def unpacked_tool(name):
    """A program of Debian's prometheus package, which tests use from build/tools and never install."""
    tool = ROOT / "build/tools/prometheus/usr/bin" / name
    found = str(tool) if tool.exists() else shutil.which(name)
    if not found:
        raise unittest.SkipTest(f"{name} is missing; `make deps` unpacks it into build/tools/prometheus")
    return found


def caliwatch():
    """The program under test: what $CALIWATCH names, or the everyday build."""
    program = Path(os.environ.get("CALIWATCH", ROOT / "build/dev/caliwatch")).absolute()
    if not program.exists():
        raise unittest.SkipTest(f"{program} is not built; set CALIWATCH to a built one")
    return str(program)


def run(*command, **options):
    return subprocess.run(command, text=True, capture_output=True, timeout=60, **options)


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


def main():
    result = unittest.main(exit=False).result
    for test, reason in result.skipped:
        print(f"skipped: {test}: {reason}")
    nothing_ran = result.skipped and result.testsRun <= len(result.skipped)
    sys.exit(1 if not result.wasSuccessful() else SKIPPED if nothing_ran else 0)
