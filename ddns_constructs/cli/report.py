"""What the user sees: steps, answers, how long they took."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

__all__ = ["Report"]

_WIDTH = 78


class Report:
    """Writes steps and what was seen in them.

    Args:
        console: Where to.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self._begun = time.monotonic()
        self._held: list[tuple[str, float | None]] | None = None

    @contextlib.contextmanager
    def working(self, title: str) -> Iterator[Callable[[str], None]]:
        """Show that something takes time, then that it is done, how long it took, what was seen.

        What it yields is to be called with what is at work now.
        """
        begun = time.monotonic()
        held: list[tuple[str, float | None]] = []
        self._held = held
        mark = "[red]✗[/]"
        try:
            with self.console.status(f"{escape(title)} ...") as status:

                def progress(what: str) -> None:
                    status.update(f"{escape(f'{title}: {what}')} ...")
                    self.seen(what, time.monotonic() - begun)

                yield progress
            mark = "[green]✓[/]"
        finally:
            self._held = None
            self._line(mark, title, time.monotonic() - begun)
            for what, took in held:
                self.seen(what, took)

    def seen(self, what: str, took: float | None = None) -> None:
        """Tell something that was observed, and how long after its cause.

        What is seen while something is `working` stands under its title.
        """
        if self._held is None:
            self._line(" ", f"  {what}", took, style="dim")
        else:
            self._held.append((what, took))

    def next(self, command: str) -> None:
        """Tell what to do now."""
        self._line(" ", f"next: {command}", None, style="bold")

    def error(self, text: str) -> None:
        """Tell what went wrong."""
        self.console.print(Text(text, style="red"), soft_wrap=True)

    def ended(self, what: str, took: float, *, held: bool) -> None:
        """Tell whether something that had steps of its own held, and how long it took."""
        self._line("[green]✓[/]" if held else "[red]✗[/]", what, took)

    def total(self) -> None:
        """Tell how long everything took."""
        self._line(" ", "everything", time.monotonic() - self._begun, style="bold")

    def _line(self, mark: str, text: str, took: float | None, style: str = "") -> None:
        time_taken = "" if took is None else f"{took:6.2f} s"
        padded = f"{text:<{_WIDTH}}"
        self.console.print(
            f"{mark} [{style or 'default'}]{escape(padded)}[/] [cyan]{time_taken}[/]",
            highlight=False,
            soft_wrap=True,
        )
