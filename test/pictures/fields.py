# SPDX-License-Identifier: Apache-2.0
"""How a panel's fieldConfig shows a value: unit, decimals, value mappings, thresholds and overrides."""

import re

COLORS = {
    "green": "#73bf69", "red": "#f2495c", "orange": "#ff9830", "yellow": "#fade2a",
    "blue": "#5794f2", "purple": "#b877d9",
    "text": "#ccccdc", "dark-orange": "#fa6400",
}  # fmt: skip
_SECONDS = ((86400, "days"), (3600, "hours"), (60, "min"), (1, "s"), (1e-3, "ms"), (1e-6, "µs"))
_BYTES = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "B"))
_SHORT = ((1e9, " Bil"), (1e6, " Mil"), (1e3, " K"), (1, ""))


def field_of(panel, name):
    """The options that hold for a series or column of this name."""
    config = panel["fieldConfig"]
    field = dict(config["defaults"], custom=dict(config["defaults"].get("custom", {})))
    for override in config["overrides"]:
        if _matches(override["matcher"], name):
            for wanted in override["properties"]:
                _set(field, wanted["id"], wanted["value"])
    return field


def _matches(matcher, name):
    return {"byName": matcher["options"] == name, "byRegexp": bool(re.search(matcher["options"], name))}[matcher["id"]]


def _set(field, name, value):
    head, _, rest = name.partition(".")
    if head == "custom":
        field["custom"][rest] = value
    else:
        field[name] = value


def text_of(field, value):
    if value is None:
        return ""
    mapped = _mapping(field, value)
    if mapped:
        return mapped["text"]
    return value if isinstance(value, str) else number(value, field.get("unit", "none"), field.get("decimals"))


def color_of(field, value):
    """By value mapping, or by threshold."""
    mapped = _mapping(field, value)
    if mapped and "color" in mapped:
        return COLORS[mapped["color"]]
    reached = "text"
    for step in field.get("thresholds", {}).get("steps", []):
        if step["value"] is None or (isinstance(value, float) and value >= step["value"]):
            reached = step["color"]
    return COLORS[reached]


def _mapping(field, value):
    key = f"{value:g}" if isinstance(value, float) else str(value)
    options = {key: shown for mapping in field.get("mappings", []) for key, shown in mapping["options"].items()}
    return options.get(key)


def number(value, unit, decimals=None):
    if unit.startswith("suffix:"):
        return f"{_rounded(value, decimals)}{unit[len('suffix:') :]}"
    if unit == "s":
        return _scaled(value, _SECONDS, decimals)
    if unit == "bytes":
        return _scaled(value, _BYTES, decimals)
    if unit == "short":
        return _scaled(value, _SHORT, decimals)
    if unit == "percentunit":
        return f"{_rounded(value * 100, decimals)}%"
    return _rounded(value, decimals) + {"none": "", "cps": " c/s"}[unit]


def _scaled(value, scales, decimals):
    if not value:
        return f"0 {scales[-1][1] if scales is not _SECONDS else 's'}".strip()
    divisor, name = next((scale for scale in scales if abs(value) >= scale[0]), scales[-1])
    separator = "" if name.startswith(" ") or not name else " "
    return f"{_rounded(value / divisor, decimals)}{separator}{name}"


def _rounded(value, decimals):
    if decimals is not None:
        return f"{value:.{decimals}f}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
