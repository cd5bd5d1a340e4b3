# SPDX-License-Identifier: Apache-2.0
"""One emulated machine, from its boot until it switches itself off."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

from kernels.kernel import EMULATOR, ROOT

EXIT_NO_END = 125
_LAST_LINES = 30  # of the console, where the guest did not end by itself
# no_timer_check: on a busy machine an emulated timer is so late that Linux takes it for broken, and panics.
# mitigations: they cost much here, and change nothing that a test could see.
_KERNEL_ARGUMENTS = "console=ttyS0 quiet panic=-1 no_timer_check mitigations=off"
_FOREIGN = {"PWD", "OLDPWD", "SHLVL", "_", "TMPDIR"}  # variables that are not true in the guest


def run_machine(kernel, argv, work, results, limit):
    """The command's exit code. `work` is an empty folder for what we need, `results` the guest's to write to."""
    image, initramfs, console, order = (os.path.join(work, name) for name in ("image", "initramfs", "console", "order"))
    os.makedirs(order)
    os.makedirs(os.path.join(work, "first"))
    kernel.write_image(image)
    kernel.write_initramfs(initramfs, os.path.join(work, "first"))
    _write(os.path.join(order, "command"), _script(argv))
    _write(os.path.join(order, "settings"), _settings(kernel))
    sys.stdout.flush()
    if not _boot(_emulator(image, initramfs, console, order, results), limit):
        return _without_end(console, f"Linux {kernel.release} did not end within {limit} s")
    try:
        with open(os.path.join(order, "exit-code")) as code:
            return int(code.read())
    except (FileNotFoundError, ValueError):
        return _without_end(console, f"Linux {kernel.release} ended before the command did")


def _boot(emulator, limit):
    """Whether it ended within so many seconds. Its standard input stays open: to the guest, the end of it is the port
    hung up, and whoever writes to that waits."""
    with subprocess.Popen(emulator, stdin=subprocess.PIPE) as running:
        try:
            running.wait(limit)
        except subprocess.TimeoutExpired:
            return False
        finally:
            running.kill()
    return True


def _emulator(image, initramfs, console, order, results):
    """The command's output comes through a port of its own: the console mends line ends and mixes in the kernel."""
    return [
        EMULATOR, "-machine", "q35", "-cpu", "max", "-accel", "tcg,thread=multi", "-smp", "2", "-m", "4096",
        "-nodefaults", "-display", "none", "-no-reboot", "-serial", f"file:{console}",
        "-chardev", "stdio,id=output,signal=off", "-device", "virtio-serial-pci",
        "-device", "virtserialport,chardev=output,name=output",
        *_share("root", "/", "readonly=on,multidevs=remap"), *_share("order", order), *_share("results", results),
        "-kernel", image, "-initrd", initramfs, "-append", _KERNEL_ARGUMENTS,
    ]  # fmt: skip


def _share(tag, path, more="multidevs=remap"):
    return ["-virtfs", f"local,path={path.replace(',', ',,')},mount_tag={tag},security_model=none,{more}"]


def _script(argv):
    variables = {name: value for name, value in os.environ.items() if name.isidentifier() and name not in _FOREIGN}
    exports = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    return "\n".join([*exports, f"cd {shlex.quote(os.getcwd())} || exit", f"exec {shlex.join(argv)}", ""])


def _settings(kernel):
    values = {"modules": kernel.modules, "pace": os.path.join(ROOT, "test/kernels/pace.py")}
    return "".join(f"{name}={shlex.quote(str(value))}\n" for name, value in values.items())


def _without_end(console, what):
    with open(console, errors="replace") as lines:
        print(f"{what}. The last lines of its console:", *lines.read().splitlines()[-_LAST_LINES:], sep="\n")
    return EXIT_NO_END


def _write(path, text):
    with open(path, "w") as out:
        out.write(text)
