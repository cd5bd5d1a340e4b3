# SPDX-License-Identifier: Apache-2.0
"""The container image: what its Dockerfile promises, and that the program runs on the file system collected for it."""

import http.server
import json
import re
import ssl
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from harness.certificates import Certificates
from harness.documents import documents, yaml
from harness.main import run_tests
from harness.program import built
from harness.tools import ROOT, run

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def instructions(keyword, stage=None):
    """Of all stages, or of one."""
    joined = DOCKERFILE.replace("\\\n", " ")
    if stage:
        (joined,) = [part for part in re.split(r"(?m)^(?=FROM )", joined) if re.match(rf"FROM .* AS {stage}\n", part)]
    return [line.split(None, 1)[1] for line in joined.splitlines() if line.startswith(keyword + " ")]


class DockerfileTest(unittest.TestCase):
    def test_the_base_image_can_be_chosen_and_nothing_of_it_but_the_collected_files_is_shipped(self):
        compiled = "--platform=$BUILDPLATFORM ${BASE_IMAGE} AS build"  # here, whichever kind of machine it is for
        stages = [compiled, "build AS build-ipam", "scratch AS ipam", "scratch AS runtime"]
        self.assertEqual(instructions("FROM"), stages)  # the last is the default
        self.assertIn("BASE_IMAGE=debian:trixie-slim", instructions("ARG"))
        for stage, copied in (("runtime", "--from=build /image/ /"), ("ipam", "--from=build-ipam /image-ipam/ /")):
            self.assertEqual([instructions(word, stage) for word in ("COPY", "ADD", "RUN")], [[copied], [], []])

    def test_it_runs_the_agent_as_the_user_and_on_the_port_of_the_daemonset(self):
        _, daemonset = documents("deploy/kubernetes/daemonset.yaml")
        pod = daemonset["spec"]["template"]["spec"]
        user = pod["securityContext"]
        self.assertEqual(instructions("USER", "runtime"), [f"{user['runAsUser']}:{user['runAsGroup']}"])
        port = str(pod["containers"][0]["ports"][0]["containerPort"])
        self.assertEqual(instructions("EXPOSE", "runtime"), [port])
        self.assertEqual(instructions("ENTRYPOINT", "runtime"), ['["/usr/bin/caliwatch"]'])
        self.assertEqual(instructions("CMD", "runtime"), ['["agent"]'])

    def test_the_ipam_image_runs_as_nobody_by_number_and_on_the_port_of_its_deployment(self):
        self.assertEqual(instructions("USER", "ipam"), ["65534:65534"])
        (deployment,) = [made for made in documents("deploy/kubernetes/ipam.yaml") if made["kind"] == "Deployment"]
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        self.assertEqual(instructions("EXPOSE", "ipam"), [str(container["ports"][0]["containerPort"])])
        self.assertEqual(instructions("ENTRYPOINT", "ipam"), ['["/usr/bin/caliwatch"]'])
        command = json.loads(instructions("CMD", "ipam")[0])
        self.assertEqual(command, container["args"][: len(command)])

    def test_the_agents_image_is_built_without_what_asks_a_cluster_and_the_other_with_it(self):
        for stage, live, root in (("build", "OFF", "/image"), ("build-ipam", "ON", "/image-ipam")):
            self.assertIn("TARGETARCH", instructions("ARG", stage))
            (build,) = [run for run in instructions("RUN", stage) if "cmake --preset release" in run]
            self.assertIn(f"-DCALIWATCH_IPAM_LIVE={live} ", build)
            self.assertIn(f"./collect-runtime build/release/caliwatch LICENSE {root}", instructions("RUN", stage))

    def test_packages_come_from_the_projects_one_list_for_the_kind_of_machine_that_the_image_is_for(self):
        (install,) = [run for run in instructions("RUN") if "install-packages" in run]
        self.assertTrue(install.startswith('.ci/install-packages --for="${TARGETARCH}" build && '), install)
        self.assertEqual([run for run in instructions("RUN") if "apt-get" in run], [])
        compiles = instructions("RUN", "build")[1]
        self.assertIn(" --toolchain deploy/image/toolchain.cmake ", compiles)

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


class RefusingApi:
    """An HTTPS server on loopback that refuses whatever is asked, as the API server does. Its port."""

    def __init__(self, folder):
        self._certificate, key = Certificates(folder).self_signed("authority", "subjectAltName=IP:127.0.0.1")
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self._server.server_port

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    @staticmethod
    def write_kubeconfig(folder, port):
        """Its path as one sees it whose root the folder is."""
        cluster = {"server": f"https://127.0.0.1:{port}", "certificate-authority": "authority.crt"}
        named = lambda kind, **what: [{"name": "x", kind: what}]
        (folder / "kubeconfig").write_text(yaml.safe_dump({
            "current-context": "x", "clusters": named("cluster", **cluster), "users": named("user", token="t"),
            "contexts": named("context", cluster="x", user="x"),
        }))  # fmt: skip
        return "/kubeconfig"


class Refusal(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error(403)

    def log_message(self, *_):
        pass


class CollectedFilesTest(unittest.TestCase):
    def setUp(self):
        self.program = built()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.image = Path(folder.name, "image")

    def collect(self, program):
        return run(str(ROOT / "deploy/image/collect-runtime"), program, str(ROOT / "LICENSE"), str(self.image))

    def run_there(self, *arguments):
        answer = run("unshare", "--map-root-user", "chroot", str(self.image), "/usr/bin/caliwatch", *arguments)
        if "unshare" in answer.stderr:
            self.skipTest(f"this kernel refuses user namespaces: {answer.stderr.strip()}")
        return answer

    def test_the_program_runs_there_alone(self):
        self.assertEqual(self.collect(self.program).stderr, "")
        if list(self.image.rglob("lib[at]san.so*")):
            self.skipTest("a sanitizer needs /proc, which is not there")
        answer = self.run_there("version")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual(answer.stdout, run(self.program, "version").stdout)
        # As the ipam image does: by TLS, whose library wants more than the loader knows of on some systems.
        with RefusingApi(self.image) as port:
            answer = self.run_there("ipam", "--kubeconfig", RefusingApi.write_kubeconfig(self.image, port))
        self.assertEqual(answer.returncode, 2, answer.stdout)
        self.assertIn("answered 403", answer.stderr)

    def test_every_library_comes_with_its_licence_and_its_package(self):
        self.assertEqual(self.collect(self.program).returncode, 0)
        entries = [path.read_text() for path in (self.image / "var/lib/dpkg/status.d").iterdir()]
        self.assertTrue(all(re.search(r"(?m)^Version: \d", entry) for entry in entries))
        packages = {re.match(r"Package: (\S+)", entry)[1] for entry in entries}
        licences = {path.parent.name for path in (self.image / "usr/share/doc").glob("*/copyright")}
        self.assertEqual(licences, packages | {"caliwatch"})
        libraries = {path.name for path in self.image.rglob("*.so*")}
        self.assertTrue({"libc.so.6", "libcivetweb.so.1"} <= libraries, libraries)
        self.assertTrue({"libc6", "libcivetweb1", "nlohmann-json3-dev"} <= packages, packages)
        self.assertFalse({"bash", "dash", "dpkg"} & packages)

    def test_a_library_within_the_program_comes_with_its_licence_and_its_package_too(self):
        program = self.image.parent / "program"
        program.write_bytes(Path("/bin/true").read_bytes())
        archive = next(Path("/usr/lib").glob("*/libabsl_base.a"))
        (self.image.parent / "libraries_within").write_text(f"{archive}\n")  # as CMakeLists.txt writes it
        self.assertEqual(self.collect(str(program)).stderr, "")
        self.assertTrue((self.image / "usr/share/doc/libabsl-dev/copyright").exists())
        self.assertIn("Package: libabsl-dev", (self.image / "var/lib/dpkg/status.d/libabsl-dev").read_text())

    def test_a_program_whose_libraries_are_not_debians_is_refused(self):
        foreign = self.image.parent / "lib"
        foreign.mkdir()
        found = run("ldd", self.program).stdout.splitlines()
        library = next(line.split()[2] for line in found if "libcivetweb.so" in line)
        (foreign / "libcivetweb.so.1").write_bytes(Path(library).read_bytes())
        answer = subprocess.run(
            [str(ROOT / "deploy/image/collect-runtime"), self.program, str(ROOT / "LICENSE"), str(self.image)],
            env={"LD_LIBRARY_PATH": str(foreign), "PATH": "/usr/bin:/bin"},
            text=True,
            capture_output=True,
            timeout=60,
        )
        self.assertNotEqual(answer.returncode, 0)
        self.assertIn(f"no Debian package owns {foreign}/libcivetweb.so.1", answer.stderr)


if __name__ == "__main__":
    run_tests(lab=False)
