"""What goes wrong with the local AWS, said so that the reader knows what to do."""

from __future__ import annotations

__all__ = ["LocalAwsError"]


class LocalAwsError(RuntimeError):
    """The local AWS could not be started, deployed to, or asked; the text says why."""
