# SPDX-License-Identifier: Apache-2.0
"""Calico's records in an etcd v3, or in a dump of one."""

import base64
import json
import urllib.request

from harness.calico_objects import dump


class EtcdRecords:
    """A store for calico_ipam: an etcd at this URL, by its JSON gateway."""

    def __init__(self, url):
        self._url = url

    def put(self, key, value):
        self._ask("put", {"key": _encoded(key), "value": _encoded(json.dumps(value))})

    def delete(self, key):
        self._ask("deleterange", {"key": _encoded(key)})

    def _ask(self, what, body):
        request = urllib.request.Request(f"{self._url}/v3/kv/{what}", data=json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())


class DumpedRecords:
    """A store for calico_ipam that is a text: what `etcdctl get --prefix /calico/ -w json` prints."""

    def __init__(self, records=()):
        self._records = dict(records)

    def put(self, key, value):
        self._records[key] = value

    def delete(self, key):
        del self._records[key]

    def text(self):
        return dump(dict(self._records))  # another thread may go on writing


def _encoded(text):
    return base64.b64encode(text.encode()).decode()
