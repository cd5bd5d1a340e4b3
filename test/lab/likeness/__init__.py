# SPDX-License-Identifier: Apache-2.0
"""Compares a node of the lab with a recorded node of real Calico, row by row.

Both sides are folders as `caliwatch record` writes them, read by a decoder of its own: netlink.py. roles.py puts a role
in the place of each address, block, name and MAC, rows.py makes a line of text of each row, and compare.py says which
lines one side has and the other has not.
"""
