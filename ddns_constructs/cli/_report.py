"""What the user sees: steps, answers, how long they took."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

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

    @contextlib.contextmanager
    def working(self, title: str) -> Iterator[None]:
        """Show that something takes time, then that it is done and how long it took."""
        begun = time.monotonic()
        try:
            with self.console.status(f"{escape(title)} ..."):
                yield
        except BaseException:
            self._line("[red]✗[/]", title, time.monotonic() - begun)
            raise
        self._line("[green]✓[/]", title, time.monotonic() - begun)

    def seen(self, what: str, took: float | None = None) -> None:
        """Tell something that was observed, and how long after its cause."""
        self._line(" ", f"  {what}", took, style="dim")

    def error(self, text: str) -> None:
        """Tell what went wrong."""
        self.console.print(Text(text, style="red"))

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
