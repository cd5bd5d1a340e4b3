# SPDX-License-Identifier: Apache-2.0
"""Whether what an agent holds stays the same over the last half of its polls. Pure; samples are what `soak` writes."""

import statistics

WITHIN = 0.02
KEYS = {"rss_mib": "resident memory", "threads": "threads", "descriptors": "descriptors"}


def last_half(samples):
    half = samples[-1]["polls"] / 2
    return [sample for sample in samples if sample["polls"] > half]


def spread(samples, key):
    """From the least to the most, over the median."""
    values = [sample[key] for sample in last_half(samples)]
    return (max(values) - min(values)) / statistics.median(values)


def growth(samples, key):
    """Of the median of the last quarter over that of the one before: what goes up and down only does not grow."""
    values = [sample[key] for sample in last_half(samples)]
    middle = len(values) // 2
    if middle == 0:
        return 0.0
    return statistics.median(values[middle:]) / statistics.median(values[:middle]) - 1


def holds(samples):
    return all(spread(samples, key) <= WITHIN for key in KEYS)


def told(samples):
    polls, half = samples[-1]["polls"], last_half(samples)
    lines = [f"{polls:,} polls; of the last half, {len(half)} samples:"]
    for key, name in KEYS.items():
        values = [sample[key] for sample in half]
        verdict = "holds" if spread(samples, key) <= WITHIN else "**missed**"
        lines.append(
            f"- {name}: {min(values):.4g} to {max(values):.4g}, a spread of {spread(samples, key):.1%}, "
            f"growth {growth(samples, key):+.1%}; at most {WITHIN:.0%}: {verdict}"
        )
    return "\n".join(lines)
