# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, in words a person can act on."""

EXIT_SKIP = 77  # automake's and CTest's "skipped"


class LabError(Exception):
    """The lab cannot do this; the text says why and what to do."""


class LabUnavailable(LabError):
    """This machine does not let us make a lab; tests skip with this reason."""


class CommandFailed(LabError):
    """A command run inside the lab ended with another exit code than 0."""
