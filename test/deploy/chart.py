# SPDX-License-Identifier: Apache-2.0
"""What helm makes of deploy/chart."""

from harness.documents import yaml
from harness.tools import ROOT, go_tool, run

FOLDER = ROOT / "deploy/chart"
EXAMPLES = sorted(FOLDER.glob("ci/*-values.yaml"))
IMAGE = "--set=image.repository=registry.example/caliwatch"
OPERATOR = "--api-versions=monitoring.coreos.com/v1"


def helm(*arguments):
    return run(go_tool("helm"), *arguments)


def rendered(*arguments, name="caliwatch"):
    """Every object of a release in the namespace `watch`, with these arguments of `helm template`."""
    answer = helm("template", name, str(FOLDER), "--namespace=watch", IMAGE, *arguments)
    if answer.returncode:
        raise AssertionError(answer.stderr)
    return [document for document in yaml.safe_load_all(answer.stdout) if document]


def one(kind, *arguments):
    (found,) = [document for document in rendered(*arguments) if document["kind"] == kind]
    return found


def refusal(*arguments):
    """Why helm renders nothing of these."""
    answer = helm("template", "caliwatch", str(FOLDER), *arguments)
    if answer.returncode == 0:
        raise AssertionError(f"helm renders {arguments}")
    return answer.stderr


def notes(*arguments):
    answer = helm("install", "caliwatch", str(FOLDER), "--namespace=watch", "--dry-run=client", IMAGE, *arguments)
    if answer.returncode:
        raise AssertionError(answer.stderr)
    return answer.stdout.partition("\nNOTES:\n")[2]
