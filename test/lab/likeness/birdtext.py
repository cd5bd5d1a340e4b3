# SPDX-License-Identifier: Apache-2.0
"""BIRD's answers, without the numbers of its lines, as lines that can be compared: no times, no counters."""

from __future__ import annotations

import re

_CODE = re.compile(r"^(?:\d{4}[- ]| )?")
_CLOCK = re.compile(r"\b\d\d:\d\d:\d\d(?:\.\d+)?\b")
_COUNTED = re.compile(r"^\s+(?:Route change stats:|(?:Import|Export) (?:updates|withdraws):|(?:Hold|Keepalive) timer:)")
_VIA = re.compile(r"^(?P<prefix>\S+)?\s+(?P<way>.*?)\s+\[(?P<by>\S+) [^]]*?(?: from (?P<peer>\S+))?\](?P<rest>.*)$")


def status_lines(text, roles):
    """Of `show status`."""
    for line in _plain(text):
        if line.strip() and not _CLOCK.search(line):
            yield " ".join(map(roles.word, line.split()))


def protocol_lines(text, roles):
    """One for each row of `show protocols all` and one for each line below it, with the protocol's name."""
    name = ""
    for line in _plain(text):
        words = line.split()
        if not words or words[:2] == ["name", "proto"] or _COUNTED.match(line):
            continue
        if not line[0].isspace():
            name = roles.word(words[0])
            yield " ".join([name, *(word for word in words[1:] if not _CLOCK.fullmatch(word))])
        else:
            yield f"{name}: " + " ".join(roles.word(word) for word in words)


def route_lines(text, roles):
    """One for each route of `show route all`, with its attributes."""
    prefix, route, attributes = "", None, []
    for line in [*_plain(text), ""]:
        match = _VIA.match(line) if "[" in line and not line.startswith("\t") else None
        if match or not line.strip():
            if route:
                yield " ".join([route, *attributes])
            route, attributes = None, []
        if match:
            prefix = match["prefix"] or prefix
            peer = f" from {roles.word(match['peer'])}" if match["peer"] else ""
            way = " ".join(map(roles.word, match["way"].split()))
            route = f"{roles.word(prefix)} {way} [{roles.word(match['by'])}{peer}]{match['rest']}"
        elif line.strip() and not line.startswith("BIRD "):
            attributes.append("; " + " ".join(map(roles.word, line.split())))


def _plain(text):
    return [_CODE.sub("", line, count=1) for line in text.splitlines()]
