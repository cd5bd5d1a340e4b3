# SPDX-License-Identifier: Apache-2.0
"""Where this checkout, the lab's command and the tools are that tests use, and how to say that one is missing."""

import os
import shutil
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LAB_FOLDER = str(ROOT / "test/lab")
LAB = str(ROOT / "test/lab/lab")
TOOLS = os.environ.get("CALIWATCH_TOOLS", str(ROOT / "build/tools"))


def unpacked_tool(name, package="prometheus"):
    """A program of one of Debian's packages, which tests use from build/tools and never install."""
    tool = Path(TOOLS, package, "usr/bin", name)
    found = str(tool) if tool.exists() else shutil.which(name)
    if not found:
        raise unittest.SkipTest(f"{name} is missing; `make deps` unpacks it into build/tools/{package}")
    return found


def go_tool(name):
    """helm or actionlint, which Debian has not got."""
    tool = Path(TOOLS, "go", name)
    found = str(tool) if tool.exists() else shutil.which(name)
    if not found:
        raise unittest.SkipTest(f"{name} is missing; `.ci/install-go-tools` builds it where Go is")
    return found


def run(*command, **options):
    """Its own end is ctest's to enforce: on a busy machine promtool computes for minutes."""
    return subprocess.run(command, text=True, capture_output=True, timeout=600, **options)
