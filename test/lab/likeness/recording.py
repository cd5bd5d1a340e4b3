# SPDX-License-Identifier: Apache-2.0
"""A recorded node, read from its folder."""

from __future__ import annotations

import json
import pathlib

from likeness import netlink


class Recording:
    """All of it is in memory: the folder may go.

    calico: {file: text} of Calico's small files; birds: {(family, question): answer}, such as ("ipv4",
    "show_protocols_all"). What is not there is None.
    """

    def __init__(self, folder):
        self._folder = pathlib.Path(folder)
        self.links = netlink.links(self._table("links"))
        self.addresses = netlink.addresses(self._table("addresses"))
        self.routes = netlink.routes(self._table("routes"))
        self.neighbors = netlink.neighbors(self._table("neighbors"))
        self.fdb = netlink.neighbors(self._table("fdb"))
        self.netconf = netlink.netconf(self._table("netconf"))
        self.status_files = self._status_files()
        self.pods = [json.loads(text) for text in self.status_files.values() if text]
        self.calico = {name: self._text("calico", name) for name in ("mtu", "nodename")}
        self.birds = {
            (family, question): self._text(folder, f"{question}.txt")
            for family, folder in (("ipv4", "bird"), ("ipv6", "bird6"))
            for question in ("show_status", "show_protocols_all", "show_route_all")
        }

    def _table(self, name):
        return (self._folder / "kernel" / f"{name}.netlink").read_bytes()

    def _status_files(self):
        folder = self._folder / "calico" / "endpoint-status"
        return {file.name: file.read_text() for file in sorted(folder.iterdir())} if folder.is_dir() else {}

    def _text(self, *path):
        file = self._folder.joinpath(*path)
        return file.read_text() if file.is_file() else None
