# SPDX-License-Identifier: Apache-2.0
"""The two ways in which Felix draws the table of its health, without the last line break, as it sends it.

Both were compared with what the libraries themselves print: olekukonko/tablewriter 0.0.5, which Calico uses up to 3.32,
and jedib0t/go-pretty 6.9.0 in its default style, for 3.33. They differ in how the names of columns are aligned and in
what becomes of a long cell: the first breaks it over several rows, of which all but the first have no component.
"""

from __future__ import annotations

import functools

_WRAP_AT = 30  # characters; tablewriter's default


def centred(columns, rows):
    """tablewriter's: names of columns in the middle, long cells over several lines."""
    wrapped = [[_wrap(cell) for cell in row] for row in rows]
    lines = [[_nth(cell, number) for cell in row] for row in wrapped for number in range(max(map(len, row)))]
    widths = _widths([columns, *lines])
    titles = [_in_the_middle(name, width) for name, width in zip(columns, widths)]
    return _framed(titles, lines, widths)


def left(columns, rows):
    """go-pretty's: all to the left, no cell is broken."""
    widths = _widths([columns, *rows])
    return _framed([name.ljust(width) for name, width in zip(columns, widths)], rows, widths)


def _framed(titles, lines, widths):
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    drawn = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines]
    return "\n".join([rule, "| " + " | ".join(titles) + " |", rule, *drawn, rule])


def _widths(lines):
    return [max(map(len, column)) for column in zip(*lines)]


def _in_the_middle(text, width):
    """Of an odd number of blanks the greater half is on the right."""
    before = (width - len(text)) // 2
    return " " * before + text.ljust(width - before)


def _nth(lines, number):
    return lines[number] if number < len(lines) else ""


def _wrap(text):
    """Lines that end between words and are as even as they can be: the squares of what each but the last lacks to the
    limit, in sum, are least."""
    words = text.split(" ")
    limit = max(_WRAP_AT, *map(len, words))

    @functools.cache
    def best(start):
        if len(" ".join(words[start:])) <= limit:
            return 0, len(words)
        fitting = [end for end in range(start + 1, len(words)) if len(" ".join(words[start:end])) <= limit]
        return min(((limit - len(" ".join(words[start:end]))) ** 2 + best(end)[0], end) for end in fitting)

    lines, start = [], 0
    while start < len(words):
        end = best(start)[1]
        lines.append(" ".join(words[start:end]))
        start = end
    return lines
