# SPDX-License-Identifier: Apache-2.0
"""The table of values in deploy/chart/README.md, made of values.yaml and its comments. Run as a program, it writes that
table anew; the text around it is written by hand."""

import json
import re
import sys

from harness.documents import documents
from harness.tools import ROOT

PAGE = ROOT / "deploy/chart/README.md"
VALUES = "deploy/chart/values.yaml"
BEGIN, END = "<!-- values, made by `make docs` -->\n", "<!-- end of values -->\n"


def commented_keys():
    """[(path, comment)] in the file's order; the comment is what stands right above the key."""
    path, comment, found = [], [], []
    for line in (ROOT / VALUES).read_text().splitlines():
        text = line.strip()
        if text.startswith("#"):
            comment.append(text.lstrip("# "))
            continue
        key = re.match(r"( *)([\w.-]+):", line)
        if key:
            path = [*path[: len(key[1]) // 2], key[2]]
            found.append((tuple(path), " ".join(comment)))
        comment = []
    return found


def value(path):
    (found,) = documents(VALUES)
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def rows():
    """Of each key that has a comment, and of each that holds no others; not of what is below a key whose value is
    the user's own map."""
    told = []
    for path, comment in commented_keys():
        whole = any(path[: len(above)] == above for above in told)
        of_a_list = any(isinstance(value(path[:depth]), list) for depth in range(len(path)))
        holds_others = isinstance(value(path), dict) and value(path) != {}
        if whole or of_a_list or (holds_others and not comment):
            continue
        told += [path] if holds_others else []
        yield f"| `{'.'.join(path)}` | `{json.dumps(value(path))}` | {comment} |\n"


def text(page):
    """What the page is to be, of what it is."""
    before, _, rest = page.partition(BEGIN)
    table = "".join(["| value | default | what it is for |\n", "|---|---|---|\n", *rows()])
    return f"{before}{BEGIN}{table}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(text(PAGE.read_text()))
    sys.exit(0)
