"""The door: newcomers are refused while those who are already known to a listening socket are still let in.

To close the socket would reset whoever waits in its queue, and whoever's handshake is under way. So it is first bound to a
network interface that does not exist: whoever comes then finds nobody there, and those who came before keep their places.
Linux (5.7 and newer) lets any process do so, once for each socket. A filter on the socket would do as well, but kernels
differ in whom they let attach one, and a container that was given no capabilities may be refused.
"""

from __future__ import annotations

import logging
import os
import select
import socket
import sys

log = logging.getLogger(__name__)

# Linux's number for it, which Python does not name; and one that no interface is given.
_SO_BINDTOIFINDEX = 62
_NOWHERE = 2**31 - 1


def shut(listening: socket.socket) -> None:
    """Let nobody new in, for good. Elsewhere than on Linux, who comes in the last moment may be reset."""
    if sys.platform != "linux":
        return
    # uvloop's sockets have no setsockopt; a second descriptor is the same socket.
    with socket.socket(fileno=os.dup(listening.fileno())) as same:
        try:
            same.setsockopt(socket.SOL_SOCKET, _SO_BINDTOIFINDEX, _NOWHERE)
        except OSError as error:
            if not _is_shut(same):
                log.warning("newcomers cannot be kept out while we stop, and some may be lost (%s)", error)


def _is_shut(listening: socket.socket) -> bool:
    """Whether another, who shares it, was here before."""
    try:
        return listening.getsockopt(socket.SOL_SOCKET, _SO_BINDTOIFINDEX) == _NOWHERE
    except OSError:
        return False


def somebody_waits(listening: socket.socket) -> bool:
    """Whether there is a connection that nobody has taken yet."""
    poll = select.poll()
    poll.register(listening.fileno(), select.POLLIN)
    return bool(poll.poll(0))
