# SPDX-License-Identifier: Apache-2.0
"""What differs between two recorded nodes."""

from __future__ import annotations

import collections
import dataclasses
import re

from likeness.rows import lines


@dataclasses.dataclass(frozen=True)
class Known:
    """Differences that are as they should be. `text`: a regular expression that the whole line matches; `where`: the
    names of the states in which there has to be one."""

    text: str
    why: str
    where: frozenset


def differences(real, around_real, lab, around_lab):
    """[(line with what only one side has, how often)], real first; each Recording has its Surroundings."""
    ours, theirs = lines(lab, around_lab), lines(real, around_real)
    found = []
    for kind in theirs:
        found += [(f"only real: {kind}: {line}", count) for line, count in (theirs[kind] - ours[kind]).items()]
        found += [(f"only lab: {kind}: {line}", count) for line, count in (ours[kind] - theirs[kind]).items()]
    return found


def unexpected(found, known, state):
    """(differences that nobody listed, listed ones of this state that there are not)"""
    here = [each for each in known if state in each.where]
    matched = collections.Counter()
    new = []
    for line, count in found:
        matching = [each for each in here if re.fullmatch(each.text, line)]
        matched.update(matching)
        if not matching:
            new.append(f"{line} ({count} times)" if count > 1 else line)
    return new, [each.text for each in here if not matched[each]]
