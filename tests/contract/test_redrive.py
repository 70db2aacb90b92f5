"""Every text that says how to send dead letters back says it so that SQS does it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from ddns.adapters.sqs import SqsQueue
from tests.fakes.sqs import DEAD_LETTERS, QUEUE, FakeSqs, arn

_ROOT = Path(__file__).resolve().parents[2]
_TEXTS = [
    path
    for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md", "ddns_constructs/**/*.py")
    for path in _ROOT.glob(pattern)
    if "start-message-move-task" in path.read_text()
]
# The whole command, to the end of its line, of the text it stands in, or of its code span.
_COMMAND = re.compile(r"start-message-move-task((?:\\\n|[^\n`])*)")


def _dead_lettered() -> FakeSqs:
    class Clients:
        sqs: Any = FakeSqs()

    SqsQueue(Clients(), QUEUE, DEAD_LETTERS).dead_letter("{}", "no such zone")  # type: ignore[arg-type]  # a fake
    return Clients.sqs  # type: ignore[no-any-return]  # it is that fake


def test_without_a_destination_sqs_does_not_know_where_a_dead_letter_came_from() -> None:
    sqs = _dead_lettered()
    sqs.start_message_move_task(SourceArn=arn(DEAD_LETTERS))
    (task,) = sqs.list_message_move_tasks(SourceArn=arn(DEAD_LETTERS))["Results"]
    assert task["FailureReason"] == "CouldNotDetermineMessageSource"
    assert sqs.sent[DEAD_LETTERS]
    sqs.start_message_move_task(SourceArn=arn(DEAD_LETTERS), DestinationArn=arn(QUEUE))
    assert [each["MessageBody"] for each in sqs.sent[QUEUE]] == ["{}"]


@pytest.mark.parametrize("path", _TEXTS, ids=lambda path: str(path.relative_to(_ROOT)))
def test_the_command_that_a_text_gives_moves_them(path: Path) -> None:
    text = re.sub(r'"\s*\n\s*f?"', "", path.read_text())  # Python's texts of several lines
    for arguments in _COMMAND.findall(text):
        words = shlex.split(arguments.replace("\\\n", " ").partition('"')[0])
        options = dict(zip(words[::2], words[1::2], strict=False))
        sqs = _dead_lettered()
        destination = arn(QUEUE) if "--destination-arn" in options else None
        sqs.start_message_move_task(SourceArn=arn(DEAD_LETTERS), DestinationArn=destination)
        assert sqs.sent[QUEUE], f"{path.name} gives a command that SQS does not carry out"


def test_it_is_said_where_somebody_looks_for_it() -> None:
    assert {"operations.md", "alarms.py"} <= {path.name for path in _TEXTS}
