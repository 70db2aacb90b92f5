"""Looks at processes from outside: who is alive, who listens where."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import ddns_constructs

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 120.0
"""Seconds for what must come: a machine may be busy, and who passes does not wait."""

_LISTEN = "0A"
_LOOPBACK = "0100007F"


def alive_in_group(group: int) -> list[int]:
    """Return the ids of the processes of a group that are not ended; zombies are."""
    if not Path("/proc/self/stat").exists():
        listed = subprocess.run(
            ["/bin/ps", "-A", "-o", "pid=,pgid=,stat="], capture_output=True, text=True, check=True
        )
        rows = [line.split() for line in listed.stdout.splitlines()]
        return [int(r[0]) for r in rows if int(r[1]) == group and not r[2].startswith("Z")]
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, process_group = stat.read_text().rpartition(")")[2].split()[:3]
        except (OSError, ValueError):  # it has just ended
            continue
        if int(process_group) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


def is_alive(pid: int) -> bool:
    """Return whether a process has not ended; a zombie has."""
    try:
        group = os.getpgid(pid)
    except ProcessLookupError:
        return False
    return pid in alive_in_group(group)


def listening_beyond_loopback(pid: int) -> list[str]:
    """Return the local addresses, as Linux shows them, that a process listens on to others."""
    links = [_target(link) for link in Path(f"/proc/{pid}/fd").iterdir()]
    sockets = {name[len("socket:[") : -1] for name in links if name.startswith("socket:[")}
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
    ]
    listening = [row[1] for row in rows if row[3] == _LISTEN and row[9] in sockets]
    assert listening, "the emulator listens somewhere"
    return [address for address in listening if not address.startswith(_LOOPBACK)]


def _target(link: Path) -> str:
    """Return what a descriptor of a running process leads to; nothing where it is closed by now."""
    try:
        return link.readlink().name
    except FileNotFoundError:
        return ""


def eventually(holds: Callable[[], bool], timeout: float = 30.0) -> bool:
    """Return whether something becomes true in time."""
    deadline = time.monotonic() + timeout
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def start_python(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start Python with the product importable, its output captured."""
    root = str(Path(ddns_constructs.__path__[0]).parent)
    return subprocess.Popen(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {root!r}); {code}", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
