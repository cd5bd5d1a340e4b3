# SPDX-License-Identifier: Apache-2.0
"""The time at the bottom of a panel."""

from datetime import UTC, datetime

_STEPS = (5, 10, 15, 30, 60, 300, 900, 1800, 3600)
_PIXELS_PER_LABEL = 75


def moments(start, end, width):
    """[(seconds since the epoch, text)] at round times, as many as have room."""
    most = max(2, width / _PIXELS_PER_LABEL)
    step = next((step for step in _STEPS if (end - start) / step <= most), _STEPS[-1])
    first = int(start // step + 1) * step
    return [(at, _clock(at)) for at in range(first, int(end) + 1, step)]


def _clock(at):
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def draw(axes, view, width):
    labels = moments(view.start, view.end, width)
    axes.set_xlim(view.start, view.end)
    axes.set_xticks([at for at, _ in labels], [text for _, text in labels])
