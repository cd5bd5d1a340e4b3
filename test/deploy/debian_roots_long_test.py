#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Debian package on a clean Debian 12 and 13, each of its own package, as a user installs it: apt brings what it
needs, the agent starts calmly where there is no Calico, systemd's own judgement of the unit there, and after a purge
nothing of it is left. No systemd runs the unit: the agent is started by hand, as the unit's user."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from harness.main import run_tests
from harness.program import SANITIZED, built
from harness.tools import ROOT, run

MOST_EXPOSED = 2.5
# What apt and dpkg themselves write, and what others' packages leave.
NOT_OURS = re.compile(r"(var/(lib/(dpkg|apt|systemd|pam)|cache|log)|run|tmp|proc|sys|dev|etc/ld\.so\.cache)(/|$)")
# As the unit starts it: a user without any right, in group 0.
AGENT = (
    "setpriv --reuid=65534 --regid=65534 --groups=0 --bounding-set=-all --no-new-privs "
    "caliwatch agent --config.file=/etc/caliwatch/caliwatch.yaml --state.file=/tmp/state --poll.interval=1s"
)


def clean_root(suite):
    path = Path(run(str(ROOT / "test/roots/make"), "--path", suite).stdout.strip())
    if not Path(f"{path}.made").exists():
        raise unittest.SkipTest(f"{path} is not there; `test/roots/make {suite}` makes it, as root")
    return path


class Root:
    """A copy of a clean root that is forgotten with close(): an overlay, in a mount namespace that `sleep` holds."""

    def __init__(self, suite):
        lower = clean_root(suite)
        if os.geteuid():
            raise unittest.SkipTest("only root can install into a root")
        self._folder = tempfile.mkdtemp(prefix="caliwatch-root-", dir=lower.parent)
        mounts = f"""\
set -e
mount -t tmpfs -o mode=755 none {self._folder}
cd {self._folder}
mkdir upper work root
mount -t overlay -o lowerdir={lower},upperdir=upper,workdir=work none root
mount -t proc none root/proc
mount --rbind /dev root/dev
mount -t tmpfs none root/run
cp /etc/resolv.conf root/etc/
mkdir root/packages
touch ready
exec sleep infinity
"""
        self._holder = subprocess.Popen(["unshare", "--mount", "--propagation=private", "sh", "-c", mounts])
        self.path = f"{self._folder}/root"
        deadline = time.monotonic() + 60
        while self._inside(["test", "-e", f"{self._folder}/ready"]).returncode:
            if self._holder.poll() is not None or time.monotonic() > deadline:
                self.close()
                raise unittest.SkipTest("this kernel mounts no overlay for us")
            time.sleep(0.1)

    def _inside(self, command, **options):
        enter = ["nsenter", f"--mount=/proc/{self._holder.pid}/ns/mnt", "--"]
        return subprocess.run([*enter, *command], text=True, capture_output=True, **options)

    def run(self, command, alone=False):
        """A shell's lines, inside. alone: with a network of its own, which is a loopback."""
        environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"]
        network = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"] if alone else []
        shell = ["env", "-i", *environment, "chroot", self.path, "sh", "-e", "-c", command]
        return self._inside([*network, *shell], timeout=1800)

    def must(self, command):
        done = self.run(command)
        if done.returncode:
            raise AssertionError(f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout

    def files(self):
        listed = self.must("find / -xdev \\( -type f -o -type l \\) -printf '%P\\n'").splitlines()
        return {path for path in listed if not NOT_OURS.match(path) and not path.startswith("packages/")}

    def put(self, source, target):
        self._inside(["cp", str(source), f"{self.path}{target}"], check=True)

    def close(self):
        self._holder.kill()
        self._holder.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


class OnAClean:
    """What holds on every Debian. suite: its name; made(): the path of a .deb for it, while it lasts."""

    @classmethod
    def setUpClass(cls):
        if SANITIZED:
            raise unittest.SkipTest("a program with a sanitizer is not for packages")
        with cls.made() as package:
            cls.root = Root(cls.suite)
            cls.addClassCleanup(cls.root.close)
            cls.root.must("apt-get update -qq")
            cls.root.put(package, "/packages/")
            cls.package = f"/packages/{package.name}"

    def test_it_installs_starts_calmly_and_purges_clean(self):
        before = self.root.files()
        self.root.must(f"apt-get install -qq --no-install-recommends {self.package}")
        self.assertIn("etc/systemd/system/multi-user.target.wants/caliwatch.service", self.root.files())
        self.assertIn("caliwatch", self.root.must("caliwatch version"))
        self.starts_calmly()
        self.root.must("mkdir -p /var/lib/private/caliwatch && touch /var/lib/private/caliwatch/state")
        self.root.must("apt-get purge -qq caliwatch")
        named = self.root.must("find / -xdev -path /packages -prune -o -name '*caliwatch*' -print")
        self.assertEqual(named, "")
        # Debian 13's own packages recommend and suggest a library of ours, which is kept for their sake otherwise.
        unkept = " ".join(f"-o APT::AutoRemove::{how}Important=false" for how in ("Recommends", "Suggests"))
        self.root.must(f"apt-get autoremove -qq --purge {unkept}")
        self.assertEqual(self.root.files() - before, set())

    def starts_calmly(self):
        """A node without Calico: no error is logged, it is healthy, and says that it has nothing to judge."""
        told = self.root.run(f"""\
{AGENT} &
sleep 8
caliwatch check || true
kill -TERM $!
wait $! && echo ended well
rm -f /tmp/state
""", alone=True)  # fmt: skip
        self.assertIn("ended well", told.stdout, told.stderr)
        self.assertIn("nothing_judged", told.stdout)
        self.assertNotRegex(told.stderr, r"level=(error|warn)")

    def test_systemd_there_finds_it_little_exposed(self):
        self.root.must(f"apt-get install -qq --no-install-recommends systemd {self.package}")
        unit = "/usr/lib/systemd/system/caliwatch.service"
        judged = self.root.must(f"systemd-analyze security --offline=true --no-pager {unit}")
        exposed = float(re.search(r"exposure level for caliwatch.service: ([\d.]+)", judged)[1])
        print(f"systemd {self.root.must('systemctl --version').split()[1]} gives it {exposed}")
        self.assertLessEqual(exposed, MOST_EXPOSED)
        self.root.must("apt-get purge -qq caliwatch systemd && apt-get autoremove -qq --purge")


class Debian12(OnAClean, unittest.TestCase):
    suite = "bookworm"

    @staticmethod
    @contextlib.contextmanager
    def made():
        """Of the program here."""
        if "\nVERSION_CODENAME=bookworm\n" not in Path("/etc/os-release").read_text():
            raise unittest.SkipTest("the program here is built for another Debian than 12")
        with tempfile.TemporaryDirectory() as folder:
            done = run(str(ROOT / "deploy/debian/build-package"), built(), "--suite", "bookworm", folder)
            if done.returncode:
                raise AssertionError(done.stdout + done.stderr)
            (package,) = Path(folder).glob("*.deb")
            yield package


class Debian13(OnAClean, unittest.TestCase):
    suite = "trixie"

    @staticmethod
    @contextlib.contextmanager
    def made():
        """Of a program that was compiled there, as what is shipped is."""
        made = sorted((ROOT / "build/packages/trixie").glob("*.deb"))
        if not made:
            raise unittest.SkipTest("it is not built; `test/roots/image --package` builds it, as root")
        yield made[0]


if __name__ == "__main__":
    run_tests(lab=False)
