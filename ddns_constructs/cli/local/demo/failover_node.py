"""One node of the demonstration: a TCP service that says its name, until it is killed.

It is run by itself and ends, too, when the pipe from its parent closes, however the parent ended.
"""

from __future__ import annotations

import os
import socket
import sys
import threading


def main() -> None:
    """Serve `NAME` on `ADDRESS` and `PORT`, the arguments."""
    address, port, name = sys.argv[1:]
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with socket.create_server((address, int(port))) as listening:
        os.write(1, b"ready\n")
        while True:
            client, _ = listening.accept()
            with client:
                client.sendall(name.encode())


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
