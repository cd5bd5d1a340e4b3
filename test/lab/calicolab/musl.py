# SPDX-License-Identifier: Apache-2.0
"""A stand-in for a BIRD that is linked with musl, as in Calico's image for amd64: Debian's BIRD, linked with glibc,
gets its texts of system errors from a library of ours. BIRD itself puts them into its answers and its log, where it
always does; nothing of what it says is changed afterwards. All else of it is glibc's.

The texts are those of musl's src/errno/__strerror.h, for the errors of sockets and of routing messages. Those that are
spelled alike in both libraries are left out.
"""

from __future__ import annotations

import errno
import json
import os
import subprocess

from calicolab.errors import LabError

TEXTS = {
    errno.EADDRINUSE: "Address in use",
    errno.EADDRNOTAVAIL: "Address not available",
    errno.EBUSY: "Resource busy",
    errno.ECONNABORTED: "Connection aborted",
    errno.EHOSTUNREACH: "Host is unreachable",
    errno.EINPROGRESS: "Operation in progress",
    errno.EISCONN: "Socket is connected",
    errno.EMSGSIZE: "Message too large",
    errno.ENETRESET: "Connection reset by network",
    errno.ENETUNREACH: "Network unreachable",
    errno.ENOMEM: "Out of memory",
    errno.ENOTCONN: "Socket not connected",
    errno.ENOTSOCK: "Not a socket",
    errno.EOPNOTSUPP: "Not supported",
    errno.EOVERFLOW: "Value too large for data type",
    errno.ESHUTDOWN: "Cannot send after socket shutdown",
    errno.ETIMEDOUT: "Operation timed out",
}

_SOURCE = """
#define _GNU_SOURCE
#include <dlfcn.h>
char* strerror(int number) {
  char* (*others)(int) = (char* (*)(int))dlsym(RTLD_NEXT, "strerror");
  switch (number) {
%s
    default: return others(number);
  }
}
"""


def build(folder):
    """The environment of a BIRD that is to speak so. Its library is made in the folder by the machine's C compiler."""
    library = os.path.join(folder, "strerror_of_musl.so")
    cases = "\n".join(f"    case {number}: return {json.dumps(text)};" for number, text in sorted(TEXTS.items()))
    argv = ["cc", "-shared", "-fPIC", "-O1", "-x", "c", "-", "-o", library, "-ldl"]
    try:
        done = subprocess.run(argv, input=_SOURCE % cases, capture_output=True, text=True)
    except FileNotFoundError:
        raise LabError("a BIRD with musl's texts needs a C compiler, cc: install gcc") from None
    if done.returncode != 0:
        raise LabError(f"`{' '.join(argv)}` failed: {done.stderr.strip()}")
    return {**os.environ, "LD_PRELOAD": library}
