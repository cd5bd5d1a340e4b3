# SPDX-License-Identifier: Apache-2.0
"""What the neighbours of the agent may do to it, each a test in this folder: docs/security.md lists them."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Row:
    """`neighbour`: client, BIRD, kernel, pod, file, disk, clock, log reader, signal, limit or agent of another node.
    `does` and `holds`: the two cells beside it, `holds` with its figures."""

    neighbour: str
    does: str
    holds: str


def row(neighbour, does, holds):
    """Of a test in this folder: its row of the table."""

    def add(test):
        test.row = Row(neighbour, does, holds)
        return test

    return add


def rows_of(case):
    """Of a TestCase, in the order of its tests. A test without a row is an error."""
    tests = [getattr(case, name) for name in vars(case) if name.startswith("test_")]
    return [test.row for test in tests]
