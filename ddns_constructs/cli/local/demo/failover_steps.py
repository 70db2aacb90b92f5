"""NameFailover and OverlayIpFailover at work: a real service, killed on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddns_constructs.cli.local.demo.failover_stage import ADDRESSES, NAME, FailoverStage
from ddns_constructs.cli.local.demo.http_stage import can_bind
from ddns_constructs.cli.local.demo.stage import StepFailedError, play_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddns_constructs.cli.report import Report
    from ddns_constructs.local import LocalAws

__all__ = ["STEPS", "play"]

_SWITCHED_OFF = "HTTP Status Code 429, Too Many Requests"
_ROUNDS = 3  # as many as move the address while the probers see that a node is down


def _serve(stage: FailoverStage) -> None:
    for node in ADDRESSES:
        stage.start(node)
    stage.warm_up()
    stage.act()
    stage.start_controller()
    stage.expect(NAME, "A", ADDRESSES["A"])
    stage.reaches("A")
    stage.routed_to("A")


def _kill(stage: FailoverStage) -> None:
    stage.kill("A")
    stage.routed_to("B")
    stage.expect(NAME, "A", ADDRESSES["B"])
    stage.reaches("B")
    _show_history(stage)


def _return(stage: FailoverStage) -> None:
    stage.act()
    stage.start("A")
    stage.aws.health_checks.look()  # the demonstration need not wait for ten seconds
    stage.expect(NAME, "A", ADDRESSES["A"])
    stage.reaches("A")
    stage.stays_routed_to("B")
    stage.do_round()
    stage.act()
    stage.ddns("failover", "switch", "Vip", "--to", "A", "--reason", "A is back")
    stage.routed_to("A")


def _kill_monitors(stage: FailoverStage) -> None:
    stage.switch_off(*stage.relays(), *stage.outputs["Probers"].split(","))
    stage.aws.health_checks.look(times=_ROUNDS)
    seen = ", ".join(sorted(stage.seen_of_relays())).removeprefix("Failure: ")
    if seen != _SWITCHED_OFF:
        raise StepFailedError(f"expected: the relays do not run any more\nseen: {seen}")
    stage.report.seen(f"the checkers see of the relays: {seen}")
    stage.rounds_without_probers(_ROUNDS)
    stage.expect(NAME, "A", ADDRESSES["A"])
    stage.reaches("A")
    stage.stays_routed_to("A")


def _show_history(stage: FailoverStage) -> None:
    """Show what the journal has of the last move."""
    last, *_ = stage.ddns("failover", "history", "Vip").splitlines()
    if "A -> B" not in last:
        raise StepFailedError(f"expected: the journal has the move\nseen: {last}")
    stage.report.seen(last)


STEPS: Mapping[str, Callable[[FailoverStage], None]] = {
    "two nodes serve: the name and the routes lead to A": _serve,
    "A is killed: the name follows, all routes move": _kill,
    "A is back: the name returns, the address by command": _return,
    "the monitors are killed: nothing moves": _kill_monitors,
}


def play(aws: LocalAws, outputs: Mapping[str, str], report: Report) -> bool:
    """Play every step; stop at the first that does not hold.

    On a machine without the addresses 127.0.0.2 and 127.0.0.3 nothing is played, and it is said.

    Args:
        aws: A local AWS into which the demonstration's app has been deployed.
        outputs: The outputs of its stack.
        report: Hears of steps and answers.

    Returns:
        Whether every step held.
    """
    if not all(map(can_bind, ADDRESSES.values())):
        both = " and ".join(ADDRESSES.values())
        report.seen(f"not played: this machine has no {both} (macOS: sudo ifconfig lo0 alias ...)")
        return True
    stage = FailoverStage(aws, outputs, report)
    try:
        return play_steps(stage, STEPS)
    finally:
        stage.end()
