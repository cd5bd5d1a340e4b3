#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Folders that others prepare for `record` and `--replay`."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from harness.main import run_tests
from harness.program import CALIWATCH, built
from hostile.table import row

SECRET = "root:$y$secret"


def tree(folder):
    """All that is below it: of a file, its contents."""
    return {path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


class RecordingTest(unittest.TestCase):
    def setUp(self):
        self._temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self._temporary.cleanup)
        self.folder = Path(self._temporary.name)

    def record(self, path):
        flags = ["--calico.run-dir", self.folder / "run", "--calico.lib-dir", self.folder / "run"]
        flags += ["--state.file", self.folder / "run/state"]
        return subprocess.run([CALIWATCH, "record", *flags, path], capture_output=True, text=True, timeout=120)

    def replay(self, path):
        return subprocess.run([CALIWATCH, "check", "--replay", path], capture_output=True, text=True, timeout=120)

    def precious(self):
        """A folder that looks like a recording, so that all that is written into it or removed from it is seen."""
        folder = self.folder / "precious"
        for name in ("kernel", "bird", "bird6", "calico/endpoint-status", "agent"):
            (folder / name).mkdir(parents=True)
        for name in ("kernel/links.netlink", "calico/nodename", "calico/endpoint-status/file", "agent/state"):
            (folder / name).write_text(SECRET)
        return folder

    @row(
        "file",
        "`record`, as root, into a folder of another user, one that others may write to, or a link",
        "it is refused; nothing is written or removed",
    )
    def test_record_takes_no_folder_that_is_not_its_users_alone(self):
        precious = self.precious()
        before = tree(precious)
        theirs, everybodys, link = (self.folder / name for name in ("theirs", "everybodys", "link"))
        theirs.mkdir()
        os.chown(theirs, 65534, 65534)
        everybodys.mkdir()
        everybodys.chmod(0o1777)
        link.symlink_to(precious)
        for path, why in ((theirs, "belongs to user 65534"), (everybodys, "others may"), (link, "symbolic link")):
            done = self.record(path)
            self.assertEqual(done.returncode, 1)
            self.assertIn(why, done.stderr)
        self.assertEqual((tree(precious), list(theirs.iterdir()), list(everybodys.iterdir())), (before, [], []))

    @row(
        "file",
        "a link to another folder is swapped into the place of the one that `record`, as root, writes, all the time",
        "nothing outside of its own folder is written or removed",
    )
    def test_record_writes_nothing_outside_whatever_is_swapped_in(self):
        precious = self.precious()
        before = tree(precious)
        place, moved = self.folder / "theirs/recording", self.folder / "theirs/moved"
        place.parent.mkdir()
        swaps, stop = [0], threading.Event()

        def swap():
            while not stop.is_set():
                if place.is_dir() and not place.is_symlink():
                    with contextlib.suppress(OSError):
                        place.rename(moved)
                        place.symlink_to(precious)
                        swaps[0] += 1

        swapper = threading.Thread(target=swap)
        swapper.start()
        try:
            done = self.record(place)
        finally:
            stop.set()
            swapper.join()
        print(f"{swaps[0]} swap; record: {done.returncode} {done.stderr.strip()}")
        self.assertEqual(swaps[0], 1)
        self.assertTrue(tree(precious) == before)

    @row(
        "file",
        "a recording in which a file, or a folder, is a link to somebody's secret",
        "`check --replay` says that it is a link, and shows nothing of what it leads to",
    )
    def test_replay_follows_no_link(self):
        run = self.folder / "run/endpoint-status"
        run.mkdir(parents=True)
        (run / "k8s default%2Fweb eth0").write_text('{"ifaceName":"cali1"}')
        for name in ("nodename", "mtu", "state"):
            (self.folder / "run" / name).write_text("1480\n")
        recording, secrets = self.folder / "recording", self.folder / "secrets"
        self.assertEqual(self.record(recording).returncode, 0)
        shutil.copytree(recording, secrets)
        for path in secrets.rglob("*"):
            if path.is_file():
                path.write_text(SECRET)
        names = [path.relative_to(recording) for path in sorted(recording.rglob("*"))]
        self.assertGreater(len(names), 30)
        for name in names:
            with self.subTest(str(name)):
                path, aside = recording / name, self.folder / "aside"
                path.rename(aside)
                path.symlink_to(secrets / name)
                done = self.replay(recording)
                self.assertNotIn(SECRET[:8], done.stdout + done.stderr)
                path.unlink()
                aside.rename(path)
        print(f"{len(names)} files and folders")


if __name__ == "__main__":
    built()
    run_tests(CALIWATCH)
