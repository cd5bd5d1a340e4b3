# SPDX-License-Identifier: Apache-2.0
"""The Debian package: built, taken apart, installed into a root of its own and purged from it, and its unit judged by
systemd's own tools. No systemd runs it here, and no clean Debian."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness.main import run_tests
from harness.program import SANITIZED, built
from harness.tools import ROOT, run

FOLDER = ROOT / "deploy/debian"
UNIT = (FOLDER / "caliwatch.service").read_text()
MOST_EXPOSED = 2.5


def needed(*commands):
    for command in commands:
        if not shutil.which(command):
            raise unittest.SkipTest(f"{command} is missing; install dpkg-dev and systemd")


def setting(name):
    return re.findall(rf"(?m)^{name}=(.*)$", UNIT)


class PackageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        needed("dpkg-deb", "dpkg-shlibdeps", "deb-systemd-helper")
        if SANITIZED:
            raise unittest.SkipTest("a program with a sanitizer is not for packages")
        folder = tempfile.TemporaryDirectory(prefix="caliwatch-debian-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        answer = run(str(FOLDER / "build-package"), built(), "--suite", "sid", folder.name)
        if answer.returncode:
            raise AssertionError(answer.stdout + answer.stderr)
        (cls.package,) = cls.folder.glob("*.deb")
        cls.content = cls.folder / "content"
        subprocess.run(["dpkg-deb", "--raw-extract", cls.package, cls.content], check=True)

    def field(self, name):
        return run("dpkg-deb", "--field", str(self.package), name).stdout.strip()

    def test_it_says_what_it_is_and_which_libraries_it_takes(self):
        version = re.search(r"project\(caliwatch VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
        self.assertEqual((self.field("Package"), self.field("Version")), ("caliwatch", f"{version}-1~sid"))
        self.assertEqual(self.package.name, f"caliwatch_{version}-1~sid_{self.field('Architecture')}.deb")
        taken = {library.split()[0] for library in self.field("Depends").split(",")}
        self.assertLessEqual({"libc6", "libnl-3-200", "libcivetweb1", "init-system-helpers"}, taken)
        self.assertEqual([name for name in taken if name.endswith("-dev")], [])
        self.assertRegex(self.field("Installed-Size"), r"^\d{4,}$")

    def test_all_files_are_roots_and_none_may_be_written_by_others(self):
        listed = run("dpkg-deb", "--contents", str(self.package)).stdout.splitlines()
        for line in listed:
            mode, owner, *_, path = line.split()
            self.assertEqual(owner, "root/root", line)
            program = path == "./usr/bin/caliwatch" or path.endswith("/")
            self.assertEqual(mode[1:], "rwxr-xr-x" if program else "rw-r--r--", line)

    def test_its_lists_are_of_its_files(self):
        control = self.content / "DEBIAN"
        files = {
            str(path.relative_to(self.content)) for path in self.content.rglob("*")
            if path.is_file() and control not in path.parents
        }  # fmt: skip
        summed = {line.split("  ", 1)[1] for line in (control / "md5sums").read_text().splitlines()}
        self.assertEqual(summed, files)
        checked = run("md5sum", "--check", "--quiet", str(control / "md5sums"), cwd=self.content)
        self.assertEqual(checked.returncode, 0, checked.stdout)
        settings = {f"/{path}" for path in files if path.startswith("etc/")}
        self.assertEqual(set((control / "conffiles").read_text().split()), settings)
        shared = ("doc/caliwatch/copyright", "doc/caliwatch/changelog.gz", "man/man1/caliwatch.1.gz",
                  "bash-completion/completions/caliwatch")  # fmt: skip
        self.assertLessEqual({f"usr/share/{path}" for path in shared}, files)

    def test_the_agent_takes_the_settings_that_come_with_it(self):
        program = self.content / "usr/bin/caliwatch"
        settings = f"--config.file={self.content}/etc/caliwatch/caliwatch.yaml"
        answer = run(str(program), "check", settings, f"--replay={self.folder}/none")
        self.assertNotIn("caliwatch.yaml", answer.stderr)
        uncommented = re.sub(r"(?m)^# (?=(web|poll|  ))", "", (FOLDER / "caliwatch.yaml").read_text())
        (self.folder / "examples.yaml").write_text(uncommented)
        self.assertIn("\npoll:\n  interval:", uncommented)
        settings = f"--config.file={self.folder}/examples.yaml"
        answer = run(str(program), "check", settings, f"--replay={self.folder}/none")
        self.assertNotIn("examples.yaml", answer.stderr)

    def test_it_installs_removes_and_purges_clean(self):
        root = self.folder / "root"
        (root / "var/lib/dpkg").mkdir(parents=True)
        (root / "var/lib/dpkg/status").touch()

        def dpkg(*arguments):
            # The scripts run outside of the root, which has no shell; its libraries are this machine's.
            command = ["dpkg", f"--root={root}", "--force-not-root", "--force-depends", "--force-script-chrootless"]
            fake = ["fakeroot"] if os.geteuid() and shutil.which("fakeroot") else []
            answer = run(*fake, *command, *arguments)
            self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

        def left():
            return {
                str(path.relative_to(root)) for path in root.rglob("*")
                if not path.is_dir() and not str(path.relative_to(root)).startswith("var/lib/dpkg/")
            }  # fmt: skip

        wanted = "etc/systemd/system/multi-user.target.wants/caliwatch.service"
        for _ in range(2):  # the second is an upgrade
            dpkg("--install", str(self.package))
            self.assertIn("usr/bin/caliwatch", left())
            self.assertIn(wanted, left())
            answer = run(str(root / "usr/bin/caliwatch"), "version")
            self.assertEqual(answer.returncode, 0, answer.stderr)
        for path in ("var/lib/private/caliwatch", "var/lib/caliwatch"):
            (root / path).mkdir(parents=True)
            (root / path / "state").write_text("{}")
        dpkg("--remove", "caliwatch")
        self.assertIn("etc/caliwatch/caliwatch.yaml", left())
        self.assertIn("var/lib/private/caliwatch/state", left())
        self.assertNotIn("usr/bin/caliwatch", left())
        dpkg("--purge", "caliwatch")
        self.assertEqual(left(), set())


class UnitTest(unittest.TestCase):
    def setUp(self):
        needed("systemd-analyze")

    def test_systemd_finds_no_fault_with_it(self):
        with tempfile.TemporaryDirectory() as folder:
            text = UNIT.replace("/usr/bin/caliwatch", "/bin/true").replace(
                "man:caliwatch(1)", "https://caliwatch.example"
            )
            Path(folder, "caliwatch.service").write_text(text)
            answer = run("systemd-analyze", "verify", f"{folder}/caliwatch.service")
        self.assertEqual((answer.returncode, answer.stdout + answer.stderr), (0, ""))

    def test_systemd_finds_it_little_exposed(self):
        answer = run(
            "systemd-analyze", "security", "--offline=true", "--no-pager", str(FOLDER / "caliwatch.service"),
            env={**os.environ, "SYSTEMD_UNIT_PATH": "/nonexistent"},
        )  # fmt: skip
        exposed = float(re.search(r"exposure level for caliwatch.service: ([\d.]+)", answer.stdout)[1])
        self.assertLessEqual(exposed, MOST_EXPOSED)

    def test_no_system_call_is_refused_that_the_agent_keeps_for_itself(self):
        source = (ROOT / "agent/daemon/system_calls.cc").read_text()
        (listed,) = re.findall(r"(?s)= ?\{\s*((?:[^{}]*\"futex\"[^{}]*))\};", source)
        kept = set(re.findall(r'"(\w+)"', re.sub(r"//.*", "", listed)))
        self.assertGreater(len(kept), 80)
        kept |= {"execve", "seccomp", "prctl", "landlock_restrict_self", "clone3", "mmap", "mprotect", "socket"}
        words = [value.lstrip("~").split() for value in setting("SystemCallFilter")]
        allowed, refused = [set().union(*map(calls_of, named)) for named in words]
        self.assertEqual(kept - (allowed - refused), set())

    def test_the_state_is_where_the_agent_looks_for_it_and_the_group_is_that_of_birds_socket(self):
        self.assertEqual(setting("StateDirectory"), ["caliwatch"])
        self.assertIn("Default: /var/lib/caliwatch/state", " ".join(run(built(), "agent", "--help").stdout.split()))
        self.assertEqual((setting("DynamicUser"), setting("SupplementaryGroups")), (["yes"], ["root"]))
        self.assertEqual((setting("CapabilityBoundingSet"), setting("AmbientCapabilities")), ([""], [""]))


def calls_of(word):
    """The system calls of a group of systemd's (@basic-io), or the one of this name."""
    if not word.startswith("@"):
        return {word}
    lines = run("systemd-analyze", "--no-pager", "syscall-filter", word).stdout.splitlines()[1:]
    words = {line.split()[0] for line in lines if line.strip() and not line.strip().startswith("#")}
    return set().union(*map(calls_of, words))


if __name__ == "__main__":
    run_tests(lab=False)
