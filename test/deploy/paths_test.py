# SPDX-License-Identifier: Apache-2.0
"""What the documents name is there: files and folders of this repository, links, targets of make."""

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "test").rglob("*.md"))]
# A path begins with one of these folders, and nothing before it makes it part of another, as of /var/lib/calico.
PATH = re.compile(r"(?<![\w./$-])(?:agent|dashboards|deploy|docs|lib|test|\.ci|\.github)/[\w.*/-]*")


def code_in(page):
    """What stands between backticks, in a line of its own kind or within one."""
    text = page.read_text()
    fenced = re.findall(r"(?ms)^```\w*\n(.*?)^```", text)
    return fenced + re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```", "", text))


def paths_in(code):
    return [path.rstrip("./") for path in PATH.findall(code)]


def exists(path):
    return next(ROOT.glob(path), None) is not None


class PathsTest(unittest.TestCase):
    def test_every_path_that_a_page_names_exists(self):
        named = [(page, path) for page in PAGES for code in code_in(page) for path in paths_in(code)]
        self.assertGreater(len(named), 50)
        missing = sorted({f"{page.relative_to(ROOT)}: {path}" for page, path in named if not exists(path)})
        self.assertEqual(missing, [])

    def test_a_path_is_told_from_what_only_looks_like_one(self):
        code = "lib/model/*.h and .ci/run DIR, not /var/lib/calico, build/dev/test/x, $HOME/docs/x; agent/http/."
        self.assertEqual(paths_in(code), ["lib/model/*.h", ".ci/run", "agent/http"])
        self.assertTrue(exists("lib/model/*.h"))
        self.assertFalse(exists("lib/model/*.rs"))

    def test_every_link_leads_to_a_file(self):
        for page in PAGES:
            for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
                if "://" not in target:
                    self.assertTrue((page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}")

    def test_every_target_of_make_exists(self):
        targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text()))
        for page in PAGES:
            for target in re.findall(r"(?m)(?:^|`|&& |; )make ([a-z-]+)", "\n".join(code_in(page))):
                self.assertIn(target, targets, page.relative_to(ROOT))

    def test_every_room_is_on_the_map(self):
        page = (ROOT / "docs/architecture.md").read_text()
        sources = [*(ROOT / "agent").rglob("*.cc"), *(ROOT / "lib").rglob("*.cc")]
        for room in sorted({source.parent.relative_to(ROOT) for source in sources}):
            # lib/metrics/catalog and the rooms of lib/view are told of with the room that they are in.
            named = f"`{room}/`" in page or (f"`{room.parent}/`" in page and f"`{room.name}/`" in page)
            self.assertTrue(named, room)


if __name__ == "__main__":
    unittest.main()
