# SPDX-License-Identifier: Apache-2.0
"""The documents as web pages: every link on them leads somewhere, and every alert's runbook is where its link says.
That GitHub serves them is not tried here; a plain file server of Python's stands for it."""

import functools
import http.server
import os
import re
import shutil
import tempfile
import threading
import unittest
import urllib.request
from html.parser import HTMLParser
from pathlib import Path

from harness.documents import yaml
from harness.main import run_tests
from harness.tools import ROOT, run

SOURCE = "https://forge.example/o/caliwatch/blob/main"


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.names, self.seen = [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.seen.append(tag)
        self.links += [given[name] for name in ("href", "src") if name in given]
        self.names |= {given["id"]} if "id" in given else set()


def build(out, root=ROOT):
    return run(str(root / ".ci/build-site"), str(out), f"--source={SOURCE}")


class SiteTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if run("/usr/bin/python3", "-c", "import markdown_it").returncode:
            raise unittest.SkipTest("python3-markdown-it is missing; `make deps` installs it")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.site = Path(folder.name)
        answer = build(cls.site)
        if answer.returncode:
            raise AssertionError(answer.stderr)
        cls.pages = {path: Page(path.read_text()) for path in cls.site.rglob("index.html")}

    def test_every_document_is_there(self):
        for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
            self.assertTrue((self.site / path.relative_to(ROOT) / "index.html").exists(), path)

    def test_every_link_leads_to_a_page_a_place_on_it_or_a_file_of_the_sources(self):
        followed = 0
        for path, page in self.pages.items():
            for link in page.links:
                if link.startswith(f"{SOURCE}/"):
                    self.assertTrue((ROOT / link.removeprefix(f"{SOURCE}/")).exists(), link)
                    continue
                if re.match(r"[a-z]+:", link):
                    continue
                target, _, name = link.partition("#")
                found = Path(os.path.normpath(path.parent / target))
                found = found / "index.html" if found.is_dir() else found
                self.assertTrue(found.exists(), f"{path}: {link}")
                if name:
                    self.assertIn(name, self.pages[found].names, f"{path}: {link}")
                followed += 1
        self.assertGreater(followed, 200)

    def test_tables_and_code_are_such(self):
        page = self.pages[self.site / "docs/runbooks/CaliwatchBirdDown.md/index.html"]
        self.assertLessEqual({"table", "pre", "strong"}, set(page.seen))

    def test_every_alerts_link_is_answered_with_its_runbook(self):
        handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=self.site)
        handler.func.log_message = lambda *_: None
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        address = f"http://127.0.0.1:{server.server_port}/docs/runbooks"
        rules = yaml.safe_load(run(str(ROOT / "deploy/prometheus/render-rules"), f"--runbook-url={address}").stdout)
        links = {rule["annotations"]["runbook_url"] for group in rules["groups"] for rule in group["rules"]
                 if "alert" in rule}  # fmt: skip
        self.assertGreater(len(links), 40)
        for link in links:
            with urllib.request.urlopen(link, timeout=10) as answer:
                name = link.rpartition("/")[2].removesuffix(".md")
                self.assertIn(f'<h1 id="{name.lower()}">{name}</h1>', answer.read().decode())


class BrokenTest(unittest.TestCase):
    def test_a_link_that_leads_nowhere_is_an_error_that_names_it(self):
        if run("/usr/bin/python3", "-c", "import markdown_it").returncode:
            self.skipTest("python3-markdown-it is missing; `make deps` installs it")
        for link, why in (("away.md", "leads nowhere"), ("README.md#away", "has no heading #away")):
            with tempfile.TemporaryDirectory() as folder:
                root = Path(folder)
                (root / ".ci").mkdir()
                shutil.copy(ROOT / ".ci/build-site", root / ".ci")
                (root / "docs").mkdir()
                (root / "docs/checks.md").write_text("# Checks\n")
                (root / "README.md").write_text(f"# Title\n\nSee [it]({link}).\n")
                answer = build(root / "out", root)
            self.assertEqual(answer.returncode, 1)
            self.assertIn(why, answer.stderr)


if __name__ == "__main__":
    run_tests(lab=False)
