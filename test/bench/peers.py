#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""All peers of the measured node in one program, which only `make bench` and its soak start: real ones would be as many
BIRDs as the cluster has nodes. They do what a node's BIRD was seen to do: dial, open, announce, keep alive.

Gets one command a line, and answers each with one of JSON: how many sessions are established, how many routes changed.
    churn RATE      from now on, routes are withdrawn and, a second later, announced again: so many changes a second
    wrong COUNT     the first routes get a next hop that only BGP leads to; with 0 all are as before
    status
Ends with its standard input.
"""

import collections
import json
import selectors
import socket
import sys
import time

from bench import bgp_wire as wire
from bench import calico_node as node
from calicolab.felix_health import FelixHealth
from calicolab.netns import Namespace
from calicolab.options import AS_NUMBER

AT_ONCE = 8  # that dial: BIRD's queue of new connections is short
TICK = 0.1  # seconds
KEEPALIVE = 60  # seconds
AWAY = 1.0  # seconds that a withdrawn route stays so
AGAIN = 2.0  # seconds until a peer dials anew


class Session:
    """What it announces it keeps in the kernel's send buffer at most: BIRD reads as fast as it can."""

    def __init__(self, number, size, selector):
        self.address = str(node.peer_address(number))
        self.blocks = node.blocks_of_peer(size, number)
        self.established = False
        self._selector, self._received, self._unsent = selector, b"", b""
        self._socket = socket.socket()
        self._socket.setblocking(False)
        self._socket.bind((self.address, 0))
        self._socket.connect_ex((str(node.NODE), 179))
        selector.register(self._socket, selectors.EVENT_READ | selectors.EVENT_WRITE, self)
        self.send(wire.open_message(AS_NUMBER, self.address))

    def send(self, *messages):
        self._unsent += b"".join(messages)
        self._selector.modify(self._socket, selectors.EVENT_READ | selectors.EVENT_WRITE, self)

    def serve(self, events):
        """Raises OSError where the connection is no more."""
        if events & selectors.EVENT_WRITE and self._unsent:
            self._unsent = self._unsent[self._socket.send(self._unsent) :]
        if not self._unsent:
            self._selector.modify(self._socket, selectors.EVENT_READ, self)
        if events & selectors.EVENT_READ:
            self._read()

    def _read(self):
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("BIRD closed the session")
        messages, self._received = wire.cut(self._received + data)
        for kind, body in messages:
            if kind == wire.NOTIFICATION:
                raise ConnectionError(f"BIRD ended the session: {body[:2].hex()}")
            if kind == wire.OPEN:
                self.send(wire.message(wire.KEEPALIVE))
            elif kind == wire.KEEPALIVE and not self.established:
                self.established = True
                self.announce(self.blocks)
                self.send(wire.end_of_rib())

    def announce(self, blocks, next_hop=None):
        self.send(*wire.announcements(blocks, next_hop or self.address))

    def withdraw(self, blocks):
        self.send(*wire.withdrawals(blocks))

    def close(self):
        self._selector.unregister(self._socket)
        self._socket.close()


class Peers:
    def __init__(self, size):
        self.size = size
        self._selector = selectors.DefaultSelector()
        self._sessions = {}  # number -> Session
        self._to_dial = collections.deque((0.0, number) for number in range(size.peers))
        self._wrong, self._rate, self._changed = 0, 0, 0
        self._next, self._owed, self._away = size.routes - 1, 0.0, collections.deque()
        self._tick = self._alive = time.monotonic()
        self._selector.register(sys.stdin, selectors.EVENT_READ, None)

    def run(self):
        while True:
            for key, events in self._selector.select(TICK):
                if key.data is None:
                    line = sys.stdin.readline()
                    if not line:
                        return
                    print(json.dumps(self._obey(*line.split())), flush=True)
                else:
                    self._serve(key.data, events)
            self._work(time.monotonic())

    def _serve(self, session, events):
        try:
            session.serve(events)
        except BlockingIOError:
            pass
        except OSError:
            number = next(number for number, other in self._sessions.items() if other is session)
            self._sessions.pop(number).close()
            self._to_dial.append((time.monotonic() + AGAIN, number))

    def _work(self, now):
        dialing = sum(not session.established for session in self._sessions.values())
        while self._to_dial and dialing < AT_ONCE and self._to_dial[0][0] <= now:
            number = self._to_dial.popleft()[1]
            self._sessions[number] = Session(number, self.size, self._selector)
            dialing += 1
        if now - self._alive >= KEEPALIVE:
            self._alive = now
            self._each_established(lambda session: session.send(wire.message(wire.KEEPALIVE)))
        if now - self._tick >= TICK:
            self._churn(now, now - self._tick)
            self._tick = now

    def _each_established(self, act):
        for session in self._sessions.values():
            if session.established:
                act(session)

    def _churn(self, now, seconds):
        """Half of the changes withdraw, half announce; from the last route on backwards, so as not to meet the wrong
        ones."""
        while self._away and self._away[0][0] <= now:
            self._change(self._away.popleft()[1], Session.announce)
        self._owed = self._owed + self._rate * seconds / 2 if self._rate else 0.0
        while self._owed >= 1:
            self._owed -= 1
            self._change(self._next, Session.withdraw)
            self._away.append((now + AWAY, self._next))
            self._next = self._next - 1 if self._next > self.size.routes // 2 else self.size.routes - 1

    def _change(self, route, act):
        session = self._sessions.get(route % self.size.peers)
        if session and session.established:
            act(session, [node.block_of(route)])
            self._changed += 1

    def _obey(self, command, count="0"):
        if command == "churn":
            self._rate = int(count)
        elif command == "wrong":
            self._turn_wrong(int(count))
        elif command != "status":
            sys.exit(f"there is no command {command}")
        established = sum(session.established for session in self._sessions.values())
        return {"established": established, "changed": self._changed, "wrong": self._wrong}

    def _turn_wrong(self, count):
        first = self._sessions[0]
        if count:
            first.announce([node.RACK])
        for number, session in self._sessions.items():
            ours = range(number, max(count, self._wrong), self.size.peers)
            wrong = [node.block_of(route) for route in ours if route < count]
            right = [node.block_of(route) for route in ours if route >= count]
            session.announce(wrong, str(node.RACK[1])) if wrong else None
            session.announce(right) if right else None
        if not count:
            first.withdraw([node.RACK])
        self._wrong = count


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    felix = FelixHealth(Namespace(f"/proc/{sys.argv[2]}/ns/net"), node.CALICO.health_table)
    felix.start()
    Peers(node.SIZES[sys.argv[1]]).run()


if __name__ == "__main__":
    main()
