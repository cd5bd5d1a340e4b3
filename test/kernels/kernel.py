# SPDX-License-Identifier: Apache-2.0
"""An unpacked kernel of Debian's, and the first file system that it starts from."""

from __future__ import annotations

import dataclasses
import lzma
import os
import shutil
import struct
import subprocess

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
EMULATOR = "qemu-system-x86_64"
_XZ = b"\xfd7zXZ\0"
_BUSYBOX = "/bin/busybox"
# What mounting the machine's root takes; all else is loaded from there.
_FIRST_MODULES = ["virtio_pci", "virtio_console", "9pnet_virtio", "9p", "overlay"]


class Unavailable(Exception):
    """Its text is the reason and the remedy."""


@dataclasses.dataclass
class Kernel:
    release: str  # as `uname -r` says it
    folder: str  # where its package is unpacked

    def write_image(self, path):
        """What to boot. Unpacked here, where that takes a second; it takes the guest half a minute."""
        with open(os.path.join(self.folder, "boot", f"vmlinuz-{self.release}"), "rb") as packed:
            image = _unpacked(packed.read())
        with open(path, "wb") as out:
            out.write(image)

    @property
    def modules(self):
        """What is to be /lib/modules."""
        return os.path.realpath(os.path.join(self.folder, "lib", "modules"))

    def write_initramfs(self, path, work):
        """Busybox, `init`, and the first modules in their order. `work` is an empty folder for them."""
        for folder in ("bin", "modules", "proc", "sys", "dev", "below", "above", "root"):
            os.makedirs(os.path.join(work, folder))
        shutil.copy(_BUSYBOX, os.path.join(work, "bin", "busybox"))
        for script in ("init", "second"):
            shutil.copy(os.path.join(ROOT, "test/kernels", script), work)
        for number, module in enumerate(self._files_of(_FIRST_MODULES)):
            with open(os.path.join(work, "modules", f"{number:02}.ko"), "wb") as out:
                out.write(_uncompressed(module))
        names = "\n".join(os.path.relpath(os.path.join(at, name), work) for at, folders, files in os.walk(work)
                          for name in folders + files)  # fmt: skip
        done = subprocess.run(["cpio", "--create", "--format=newc", "--quiet", "--owner=0:0"], cwd=work,
                              input=names.encode(), stdout=subprocess.PIPE, check=True)  # fmt: skip
        with open(path, "wb") as out:
            out.write(done.stdout)

    def _files_of(self, modules):
        """Their files with all that they need, in the order in which they load; nothing for what the kernel has
        built in."""
        argv = ["/sbin/modprobe", "--dirname", self.folder, "--set-version", self.release, "--show-depends"]
        lines = [line for module in modules
                 for line in subprocess.run([*argv, module], stdout=subprocess.PIPE, text=True, check=True)
                 .stdout.splitlines()]  # fmt: skip
        return dict.fromkeys(line.split()[1] for line in lines if line.startswith("insmod "))


def find_kernel(version):
    """Raises Unavailable where it is not there, or nothing to boot it with."""
    for program in (EMULATOR, _BUSYBOX, "cpio", "/sbin/modprobe"):
        if not shutil.which(program):
            raise Unavailable(f"there is no {program}: run `.ci/install-kernels {version}`")
    tools = os.environ.get("CALIWATCH_TOOLS") or os.path.join(ROOT, "build", "tools")
    folder = os.path.join(tools, "kernels", version)
    try:
        with open(os.path.join(folder, ".release")) as release:
            return Kernel(release.read().strip(), os.path.realpath(folder))
    except FileNotFoundError:
        raise Unavailable(f"Linux {version} is not unpacked in {folder}: run `.ci/install-kernels {version}`") from None


def _unpacked(image):
    """The ELF file in a bzImage that is packed with xz, by the kernel's Documentation/arch/x86/boot.rst; other images
    stay as they are, and unpack themselves."""
    start, size = struct.unpack_from("<II", image, 0x248)  # payload_offset, payload_length
    start += (image[0x1F1] + 1) * 512  # setup_sects
    payload = image[start : start + size]
    # Behind the last block there is the size of what it holds.
    return lzma.LZMADecompressor().decompress(payload) if payload.startswith(_XZ) else image


def _uncompressed(path):
    """busybox loads plain modules alone."""
    with lzma.open(path) if path.endswith(".xz") else open(path, "rb") as module:
        return module.read()
