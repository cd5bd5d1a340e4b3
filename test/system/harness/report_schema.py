# SPDX-License-Identifier: Apache-2.0
"""What programs read held against its schema: reports against docs/report.schema.json, and others of docs/."""

import json

import jsonschema

from harness.tools import ROOT


def _strict(schema):
    """The same, but that an object has no other keys than those that are listed."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _strict(value) for key, value in schema.items()}
    if "properties" in schema:
        found["additionalProperties"] = False
    return found


def validator(name="report"):
    schema = json.loads((ROOT / f"docs/{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(_strict(schema))


def misfits(report, by=None):
    """Where it does not fit, and why; nothing where it does, without any key that the schema does not have."""
    return [f"{error.json_path}: {error.message}" for error in (by or validator()).iter_errors(report)]
