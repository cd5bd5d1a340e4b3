# SPDX-License-Identifier: Apache-2.0
"""How fast programs run here: what a lab does most is to start some. As a program, with the seconds of another machine:
how many times slower this one is."""

import subprocess
import sys
import time

_STARTS = 10
_MOST = 50  # times slower; what takes longer still has to end


def seconds_of_work():
    """Of some starts, after a first one that had to read the program."""
    _work()
    start = time.monotonic()
    for _ in range(_STARTS):
        _work()
    return time.monotonic() - start


def _work():
    subprocess.run([sys.executable, "-S", "-c", "sum(range(100_000))"], check=True)


if __name__ == "__main__":
    print(min(_MOST, max(1, round(seconds_of_work() / float(sys.argv[1])))))
