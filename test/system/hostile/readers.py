# SPDX-License-Identifier: Apache-2.0
"""Readers of an agent, all at once, in a process of their own, so that they do not share a lock with who measures it.

`python3 -m hostile.readers PORT READERS SECONDS` prints, as JSON, how many answers were whole, what was wrong with the
others, and how many seconds the slowest took.
"""

import contextlib
import gzip
import http.client
import json
import sys
import threading
import time

PATHS = ("/", "/api/v1/report", "/metrics")


def judge(path, headers, body):
    """Raises an error where the page is not whole."""
    text = gzip.decompress(body) if headers["Content-Encoding"] == "gzip" else body
    if path == "/api/v1/report":
        json.loads(text)
    elif not text.endswith(b"</html>\n" if path == "/" else b"\n"):
        raise ValueError(f"it ends with {text[-80:]}")


class Reader(threading.Thread):
    """Asks for one page after the other, every second reader for compressed ones. All put what they got into `seen`."""

    def __init__(self, port, number, end, seen):
        super().__init__()
        self._port, self._number, self._end, self._seen = port, number, end, seen
        self._headers = {"Accept-Encoding": "gzip"} if number % 2 else {}
        self.whole, self.wrong, self.slowest = 0, [], 0.0

    def run(self):
        while (begin := time.monotonic()) < self._end:
            path = PATHS[(self._number // 2 + self.whole) % len(PATHS)]
            try:
                headers, body = self._read(path)
                self._seen.setdefault((path, hash(body)), (headers, body))
                self.whole += 1
            except (OSError, ValueError, http.client.HTTPException) as error:
                self.wrong.append(f"{path} after {time.monotonic() - begin:.1f} s: {error!r}")
            self.slowest = max(self.slowest, time.monotonic() - begin)

    def _read(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30, source_address=("127.0.0.2", 0))
        with contextlib.closing(connection):
            connection.request("GET", path, headers=self._headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise ValueError(f"status {answer.status}")
        return answer.headers, body


def main(port, count, seconds):
    end, seen = time.monotonic() + seconds, {}
    readers = [Reader(port, number, end, seen) for number in range(count)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    for (path, _), answer in seen.items():  # once each: to judge them takes longer than to read them
        judge(path, *answer)
    wrong = [line for reader in readers for line in reader.wrong]
    print(json.dumps([sum(reader.whole for reader in readers), wrong, max(reader.slowest for reader in readers)]))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
