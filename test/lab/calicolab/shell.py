# SPDX-License-Identifier: Apache-2.0
"""What commands find when they run at a place: birdc, birdc6 and caliwatch that know the node's sockets and folders."""

from __future__ import annotations

import os

from calicolab.bird import CONTROL

_BIRDC = '#!/bin/sh\nexec {client} -s "$CALICO_RUN_DIR/{control}" "$@"\n'
_CALIWATCH = """#!/bin/sh
case "$1" in agent|check|path|watch|record)
  subcommand=$1; shift
  case "$subcommand" in check|path|watch|record) set -- --state.file="$CALICO_RUN_DIR/../agent-state.json" "$@"; esac
  set -- --calico.run-dir="$CALICO_RUN_DIR" --calico.lib-dir="$CALICO_LIB_DIR" --netns.dir="$NETNS_DIR" "$@"
  set -- --cni.kubeconfig="$CALICO_RUN_DIR/../calico-kubeconfig" "$@"
  exec {agent} "$subcommand" "$@"
esac
exec {agent} "$@"
"""


class Shell:
    def __init__(self, folder, tools, agent):
        self._folder = folder
        self._tools = tools
        self._agent = agent

    def create(self):
        os.makedirs(self._folder)
        if self._tools:
            for name, family in (("birdc", "ipv4"), ("birdc6", "ipv6")):
                self._write(name, _BIRDC.format(client=self._tools.client[family], control=CONTROL[family]))
        if self._agent:
            self._write("caliwatch", _CALIWATCH.format(agent=self._agent))

    def path(self, name):
        return os.path.join(self._folder, name)

    def environment(self, node=None):
        """For a command at this node, or elsewhere."""
        found = dict(os.environ)
        found["PATH"] = f"{self._folder}:{found['PATH']}"
        if node:
            found.update(CALICO_RUN_DIR=node.run_dir, CALICO_LIB_DIR=node.lib_dir, NETNS_DIR=node.netns_dir)
        return found

    def _write(self, name, text):
        with open(self.path(name), "w") as script:
            script.write(text)
        os.chmod(self.path(name), 0o755)
