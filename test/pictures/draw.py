# SPDX-License-Identifier: Apache-2.0
"""Draws the dashboards as Grafana would show them, from what a real Prometheus recorded of a lab, and takes a picture
of the status page of one of its nodes. `make pictures` runs it, with Debian's Python, which python3-matplotlib belongs
to."""

import argparse
import sys
from pathlib import Path

from harness.browser import Browser
from pictures.scene import BROKEN, Scene

try:
    from pictures import picture
except ImportError as missing:
    sys.exit(f"{missing}; install Debian's python3-matplotlib")


def photograph(lab, path):
    browser = Browser()
    try:
        browser.open(next(row["agent"]["url"] for row in lab.status()["nodes"] if row["name"] == BROKEN))
        browser.save_picture(str(path))
    finally:
        browser.close()
    print(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agent", required=True, help="the program, as built")
    parser.add_argument(
        "folder", type=Path, help="gets page.png, dashboard-cluster.png, dashboard-node.png and dashboard-agent.png"
    )
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    scene = Scene(str(Path(chosen.agent).resolve(strict=True)))
    try:
        scene.play(say=lambda line: print(f"{line} …", flush=True))
        photograph(scene.lab, chosen.folder / "page.png")
        for name in ("cluster", "node", "agent"):
            path = chosen.folder / f"dashboard-{name}.png"
            picture.draw(scene.view(name), scene.fetch, path)
            print(path)
    finally:
        scene.close()


if __name__ == "__main__":
    main()
