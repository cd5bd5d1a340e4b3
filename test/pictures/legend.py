# SPDX-License-Identifier: Apache-2.0
"""The legend of a panel, below it or at its right."""

from pictures.canvas import TEXT, Box

_LINE, _MARK, _GAP = 17, 12, 14
_MOST_LINES = 3


def draw_legend(canvas, box, panel, entries):
    """entries: [(text, colour)]. Returns what is left of the box for the data."""
    legend = panel["options"]["legend"]
    if not legend["showLegend"] or not entries:
        return box
    return (_right if legend["placement"] == "right" else _below)(canvas, box, entries)


def _right(canvas, box, entries):
    width = min(box.width * 0.4, 30 + max(canvas.width_of(text, 10.5) for text, _ in entries))
    left = box.right - width + 10
    for number, (text, color) in enumerate(entries[: int(box.height // _LINE)]):
        _entry(canvas, left, box.top + (number + 0.5) * _LINE, text, color, width - 10)
    return box.inside(right=width)


def _below(canvas, box, entries):
    lines = [[]]
    x = 0
    for text, color in entries:
        width = _MARK + 6 + canvas.width_of(text, 10.5) + _GAP
        if x + width > box.width and lines[-1]:
            lines.append([])
            x = 0
        lines[-1].append((x, text, color))
        x += width
    lines = lines[:_MOST_LINES]
    data = box.inside(bottom=len(lines) * _LINE + 4)
    for number, line in enumerate(lines):
        for x, text, color in line:
            _entry(canvas, box.left + x, data.bottom + 6 + (number + 0.5) * _LINE, text, color, box.width - x)
    return data


def _entry(canvas, x, y, text, color, room):
    canvas.rectangle(Box(x, y - 2, _MARK, 4), color, rounded=1)
    canvas.text(x + _MARK + 6, y, text, 10.5, TEXT, room=room - _MARK - 6)
