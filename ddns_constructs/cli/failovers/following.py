"""Shows a switch while it is carried out, for as long as somebody is ready to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from ddns_constructs.cli.errors import CommandError
from ddns_constructs.cli.failovers import clock
from ddns_constructs.cli.report import Report
from ddns_constructs.cli.terminal import print_json, printable

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Follower"]

_EVERY = 1.0


class Follower:
    """Tells people, or programs at the end, what becomes of a switch.

    Args:
        wait: For how many seconds to follow it; 0 for not at all.
        quiet: Whether the result is for programs: then it is one piece of JSON at the end.
    """

    def __init__(self, wait: float, *, quiet: bool) -> None:
        self._wait = wait
        self._quiet = quiet
        # Whoever reads JSON from the one may see the progress on the other.
        self._console = Console(stderr=quiet)
        self._result: dict[str, object] = {}

    def say(self, text: str) -> None:
        """Tell people something."""
        self._console.print(printable(text), markup=False, highlight=False, soft_wrap=True)

    def result(self, **fields: object) -> None:
        """Keep what programs are to know."""
        self._result |= fields

    def end(self) -> None:
        """Tell programs the result."""
        if self._quiet:
            print_json(self._result)

    def follow(self, title: str, step: Callable[[], tuple[bool, str]], late: str) -> None:
        """Wait until a step says that it is done.

        Args:
            title: What happens.
            step: Returns whether it is done, and how it is in words, which are shown when they
                change.
            late: What to say and do if it is not done in time.

        Raises:
            CommandError: It is not.
        """
        if not self._wait:
            self.result(done=False)
            return
        try:
            with Report(self._console).working(title) as progress:
                self._until_done(step, progress, late)
        except KeyboardInterrupt:
            self.say(f"it goes on, and nobody waits for it: {late}")
            raise
        self.result(done=True)

    def _until_done(
        self, step: Callable[[], tuple[bool, str]], progress: Callable[[str], None], late: str
    ) -> None:
        until, before = clock.seconds() + self._wait, ""
        while True:
            done, how = step()
            if how != before:
                progress(how)
                before = how
            if done:
                return
            if clock.seconds() >= until:
                raise CommandError(f"it is not done after {self._wait:.0f} s: {how}; {late}")
            clock.sleep(_EVERY)
