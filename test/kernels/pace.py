# SPDX-License-Identifier: Apache-2.0
"""How fast programs run here: what a lab does most is to start some. As a program, with the seconds of another machine:
how many times slower this one is."""

import subprocess
import sys
import time

_STARTS = 10


def seconds_of_work():
    start = time.monotonic()
    for _ in range(_STARTS):
        subprocess.run([sys.executable, "-S", "-c", "sum(range(100_000))"], check=True)
    return time.monotonic() - start


if __name__ == "__main__":
    print(max(1, round(seconds_of_work() / float(sys.argv[1]))))
