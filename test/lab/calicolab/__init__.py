# SPDX-License-Identifier: Apache-2.0
"""A Calico cluster on one machine: see ../README.md."""

from calicolab.errors import CommandFailed, LabError, LabUnavailable
from calicolab.lab import Lab
from calicolab.options import Options, Peer

__all__ = ["CommandFailed", "Lab", "LabError", "LabUnavailable", "Options", "Peer"]
