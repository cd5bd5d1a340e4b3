# SPDX-License-Identifier: Apache-2.0
"""The container image: what its Dockerfile promises, and that the program runs on the file system collected for it."""

import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness.documents import documents
from harness.main import run_tests
from harness.program import built
from harness.tools import ROOT, run

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def instructions(keyword):
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line.split(None, 1)[1] for line in joined.splitlines() if line.startswith(keyword + " ")]


class DockerfileTest(unittest.TestCase):
    def test_the_base_image_can_be_chosen_and_nothing_of_it_but_the_collected_files_is_shipped(self):
        self.assertEqual(instructions("FROM"), ["${BASE_IMAGE} AS build", "scratch AS runtime"])
        self.assertIn("BASE_IMAGE=debian:trixie-slim", instructions("ARG"))
        runtime = DOCKERFILE.split("FROM scratch")[1]
        self.assertEqual(re.findall(r"(?m)^(?:COPY|ADD|RUN) .*", runtime), ["COPY --from=build /image/ /"])

    def test_it_runs_the_agent_as_the_user_and_on_the_port_of_the_daemonset(self):
        _, daemonset = documents("deploy/kubernetes/daemonset.yaml")
        pod = daemonset["spec"]["template"]["spec"]
        user = pod["securityContext"]
        self.assertEqual(instructions("USER"), [f"{user['runAsUser']}:{user['runAsGroup']}"])
        self.assertEqual(instructions("EXPOSE"), [str(pod["containers"][0]["ports"][0]["containerPort"])])
        self.assertEqual(instructions("ENTRYPOINT"), ['["/usr/bin/caliwatch"]'])
        self.assertEqual(instructions("CMD"), ['["agent"]'])

    def test_the_agents_image_is_built_without_what_asks_a_cluster(self):
        self.assertIn("IPAM_LIVE=OFF", instructions("ARG"))
        (build,) = [run for run in instructions("RUN") if "cmake --preset release" in run]
        self.assertIn('-DCALIWATCH_IPAM_LIVE="${IPAM_LIVE}"', build)

    def test_packages_come_from_the_projects_one_list(self):
        (install,) = [run for run in instructions("RUN") if "apt-get install" in run]
        self.assertIn("""awk '$1 == "build" { print $2 }' .ci/packages.txt""", install)
        named = [
            word for word in re.search(r"apt-get install ([^&|]*)", install)[1].split() if not word.startswith("--")
        ]
        self.assertEqual(named, [])

    def test_the_build_context_holds_what_is_copied_and_nothing_else(self):
        ignore = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
        self.assertEqual(ignore[0], "*")
        sent = {line.removeprefix("!") for line in ignore[1:]}
        copied = {source for copy in instructions("COPY") if "--from" not in copy for source in copy.split()[:-1]}
        for source in copied:
            self.assertTrue((ROOT / source).exists(), source)
            self.assertTrue(source in sent or str(Path(source).parent) in sent, source)
        for path in sent:
            self.assertTrue(any(source == path or source.startswith(path + "/") for source in copied), path)


class CollectedFilesTest(unittest.TestCase):
    def setUp(self):
        self.program = built()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.image = Path(folder.name, "image")

    def collect(self, program):
        return run(str(ROOT / "deploy/image/collect-runtime"), program, str(ROOT / "LICENSE"), str(self.image))

    def test_the_program_runs_there_alone(self):
        self.assertEqual(self.collect(self.program).stderr, "")
        if list(self.image.rglob("lib[at]san.so*")):
            self.skipTest("a sanitizer needs /proc, which is not there")
        answer = run("unshare", "--map-root-user", "chroot", str(self.image), "/usr/bin/caliwatch", "version")
        if "unshare" in answer.stderr:
            self.skipTest(f"this kernel refuses user namespaces: {answer.stderr.strip()}")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual(answer.stdout, run(self.program, "version").stdout)

    def test_every_library_comes_with_its_licence_and_its_package(self):
        self.assertEqual(self.collect(self.program).returncode, 0)
        entries = [path.read_text() for path in (self.image / "var/lib/dpkg/status.d").iterdir()]
        self.assertTrue(all(re.search(r"(?m)^Version: \d", entry) for entry in entries))
        packages = {re.match(r"Package: (\S+)", entry)[1] for entry in entries}
        licences = {path.parent.name for path in (self.image / "usr/share/doc").glob("*/copyright")}
        self.assertEqual(licences, packages | {"caliwatch"})
        libraries = {path.name for path in self.image.rglob("*.so*")}
        self.assertTrue({"libc.so.6", "libnl-3.so.200"} <= libraries, libraries)
        self.assertTrue({"libc6", "libnl-3-200", "libcivetweb1"} <= packages, packages)
        self.assertFalse({"bash", "dash", "dpkg"} & packages)

    def test_abseil_within_the_program_comes_with_its_licence_and_its_package_too(self):
        program = self.image.parent / "program"
        program.write_bytes(Path("/bin/true").read_bytes() + b"N4absl6StatusE")  # as the name of a type of it
        self.assertEqual(self.collect(str(program)).stderr, "")
        self.assertTrue((self.image / "usr/share/doc/libabsl-dev/copyright").exists())
        self.assertIn("Package: libabsl-dev", (self.image / "var/lib/dpkg/status.d/libabsl-dev").read_text())

    def test_a_program_whose_libraries_are_not_debians_is_refused(self):
        foreign = self.image.parent / "lib"
        foreign.mkdir()
        library = next(line.split()[2] for line in run("ldd", self.program).stdout.splitlines() if "libz.so" in line)
        (foreign / "libz.so.1").write_bytes(Path(library).read_bytes())
        answer = subprocess.run(
            [str(ROOT / "deploy/image/collect-runtime"), self.program, str(ROOT / "LICENSE"), str(self.image)],
            env={"LD_LIBRARY_PATH": str(foreign), "PATH": "/usr/bin:/bin"},
            text=True,
            capture_output=True,
            timeout=60,
        )
        self.assertNotEqual(answer.returncode, 0)
        self.assertIn(f"no Debian package owns {foreign}/libz.so.1", answer.stderr)


if __name__ == "__main__":
    run_tests(lab=False)
