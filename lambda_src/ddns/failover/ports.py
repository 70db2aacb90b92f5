"""What the controller needs of the world; ``adapters`` and the tests' fakes provide it.

Their errors are those of ``ddns.core.errors``: ``ThrottledError`` (nothing was done),
``UnavailableError`` (nobody knows), ``PermanentError`` and the like.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from ddns.core.failover.journal import Move, Seen, State
from ddns.core.failover.places import Placement
from ddns.core.failover.verdicts import Answers


class Journal(Protocol):
    """Where the target is kept; one controller writes at a time."""

    def read(self) -> State:
        """Read the state consistently; the first one where there is none yet."""
        ...

    def write(self, before: State, after: State) -> State:
        """Write the state on condition that its version is as it was read; return what was written.

        Args:
            before: the state as it was read or last written.
            after: what is to be there: its version is the following one.

        Raises:
            ConflictError: somebody has written since; nothing was written.
        """
        ...

    def note_seen(self, seen: Seen) -> None:
        """Keep what a controller saw, in place of what its slot held."""
        ...

    def note_move(self, move: Move) -> None:
        """Keep a move in the history, in place of one of the same epoch."""
        ...


class Directory(Protocol):
    """What EC2 says of nodes."""

    def states(self) -> Mapping[str, str]:
        """Return the state of the instance of each node by its name, in EC2's words.

        An instance that EC2 does not show (any more) is ``absent``. An interface node has the
        state of the instance that it is attached to; one that is attached to none is missing.
        """
        ...


class Mover(Protocol):
    """What moves one kind of service address."""

    def read(self) -> Placement:
        """Return where every place points, as EC2 says now; it may lag behind."""
        ...

    def send(self, node: str, may_send: Callable[[], bool]) -> None:
        """Send what is to make every place point at a node, all places side by side.

        It is idempotent and does not wait until EC2 has done it: ``read`` tells. What takes several
        steps that EC2 has to finish does the next one at each call. Every place is tried before the
        first error is raised.

        Args:
            node: the name of the node.
            may_send: asked before each request that writes; where it says no, none is sent.
        """
        ...


class Probers(Protocol):
    """Who checks the nodes, from several zones."""

    def probe(self) -> Sequence[Answers | None]:
        """Return what each prober says, None for one that gave no answer; never an error."""
        ...


class Fencer(Protocol):
    """What stops a node that is left."""

    def stop(self, node: str) -> None:
        """Have the instance of a node stopped; return when EC2 says that it is stopping or stopped.

        Raises:
            PermanentError: the node has no instance, or it must not be stopped.
        """
        ...


class Events(Protocol):
    """Where moves are made known."""

    def moved(self, move: Move) -> None:
        """Publish a move."""
        ...
