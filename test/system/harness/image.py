# SPDX-License-Identifier: Apache-2.0
"""Our image, where test/roots/image has built it, and a pod of it beside a node of a lab: podman and runc, which Debian
has, in the place of a kubelet's containerd. What the pod may do is read from the pod's own spec; the lab's folders take
the place of the host's. Its users are this machine's: a lab's user namespace has root alone."""

import json
import os
import random
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from calicolab.waiting import eventually, patience
from harness.tools import ROOT, run

_CONTAINERS = ROOT / "build/containers"  # the same of test/roots/image
_PODMAN = [
    "podman", "--root", str(_CONTAINERS), "--runroot", f"{_CONTAINERS}/run", "--tmpdir", f"{_CONTAINERS}/tmp",
    "--runtime", "runc", "--cgroup-manager", "cgroupfs", "--events-backend", "none",
]  # fmt: skip


def this_machine():
    """As Debian and Docker call it: amd64 or arm64."""
    return run("dpkg", "--print-architecture").stdout.strip()


def image(target="runtime", architecture=None):
    """(its file system, what it says of itself) of one of the Dockerfile's targets, for tests that would skip without
    it. architecture: None is this machine's."""
    what = (target, architecture or this_machine())
    path = Path(run(str(ROOT / "test/roots/image"), "--path", *what).stdout.strip())
    said = Path(f"{path}.json")
    if not said.exists():
        raise unittest.SkipTest(f"{path} is not there; `test/roots/image {' '.join(what)}` builds it, as root")
    return path, json.loads(said.read_text())


def size(path):
    return sum(file.lstat().st_size for file in path.rglob("*") if file.is_file() and not file.is_symlink())


class Container:
    """The one container of a pod spec, from our image of this target. enter: the command that begins where its network
    is; without, that is the test's own. Ends with the block that it is made for."""

    def __init__(self, target, spec, options, enter=()):
        for program in ("podman", "runc"):
            if not shutil.which(program):
                raise unittest.SkipTest(f"{program} is missing; `.ci/install-packages roots` installs it")
        if os.geteuid():
            raise unittest.SkipTest("only root can run a pod as another user")
        self._folder = tempfile.TemporaryDirectory(prefix="caliwatch-pod-")
        # Not into the lab's processes, among which nobody from outside of it can begin a container's own.
        proc = 'mount -t proc none /proc && exec "$@"'
        self._podman = [*enter, "unshare", "--mount", "sh", "-c", proc, "sh", *_PODMAN]
        self._name = f"caliwatch-{random.randrange(10**8)}"
        (container,) = spec["containers"]
        command = [*self._podman, "run", f"--name={self._name}", *_rights(spec, container), *options]
        command += [f"localhost/caliwatch-{target}:{this_machine()}", *container["args"]]
        with open(Path(self._folder.name, "log"), "w") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    def log(self):
        return Path(self._folder.name, "log").read_text()

    def runs(self):
        return self._process.poll() is None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.runs():
            self._process.terminate()
            try:
                self._process.wait(patience(20))
            except subprocess.TimeoutExpired:
                subprocess.run([*self._podman, "rm", "--force", "--time=0", self._name], check=False)
                self._process.kill()
                self._process.wait()
        self._folder.cleanup()


class Pod(Container):
    """Of an agent, in the namespaces of a node of the lab. host: {path in the spec's hostPath: the lab's own}."""

    def __init__(self, lab, node, spec, host):
        assert spec["hostNetwork"], spec
        mark = str(10**8 + random.randrange(10**8))
        self._holder = lab.node(node).start(["sleep", mark])
        try:
            target = eventually(lambda: _pid_of(f"sleep\0{mark}\0"), timeout=10)
            enter = ["nsenter", f"--target={target}", "--mount", "--net", "--"]
            super().__init__("runtime", spec, _volumes(spec, spec["containers"][0], host), enter)
        except BaseException:
            self._holder.close()
            raise

    def close(self):
        super().close()
        self._holder.close()


def _pid_of(command):
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_text() == command:
                return int(path.parent.name)
        except OSError:
            pass  # it has ended
    return None


def _rights(spec, container):
    """As podman's options, what a kubelet makes of both securityContexts; the profile for system calls is podman's own,
    as RuntimeDefault is containerd's."""
    pod, own = spec["securityContext"], container["securityContext"]
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}, pod
    assert pod["runAsNonRoot"] is (pod.get("runAsUser") != 0), pod
    assert own["readOnlyRootFilesystem"] and not own["allowPrivilegeEscalation"], own
    named = {how: [f"--cap-{how}={name}" for name in own["capabilities"].get(how, [])] for how in ("drop", "add")}
    user = [f"--user={pod['runAsUser']}:{pod['runAsGroup']}"] if "runAsUser" in pod else []  # else the image's
    return [
        "--rm", "--pull=never", "--network=host", "--read-only", "--read-only-tmpfs=false",
        "--security-opt=no-new-privileges", *user,
        *named["drop"], *named["add"], "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024",
    ]  # fmt: skip


def _volumes(spec, container, host):
    made = []
    sources = {volume["name"]: volume for volume in spec["volumes"]}
    for mount in container["volumeMounts"]:
        source, target = sources[mount["name"]], mount["mountPath"]
        if "emptyDir" in source:
            made.append(f"--mount=type=tmpfs,destination={target},tmpfs-mode=0777")
            continue
        options = ["ro"] if mount.get("readOnly") else []
        options += ["rslave"] if mount.get("mountPropagation") == "HostToContainer" else ["rprivate"]
        made.append(f"--volume={host[source['hostPath']['path']]}:{target}:{','.join(options)}")
    return made
