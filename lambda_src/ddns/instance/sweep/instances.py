"""Pages of EC2: running instances that lack something get it."""

from __future__ import annotations

from ddns.core.errors import PermanentError
from ddns.core.instance.items import Head
from ddns.core.instance.plan import digest
from ddns.core.instance.walk import Note, mark
from ddns.instance.reconciler import Start
from ddns.instance.sweep.step import Step

# How many VPCs a page may ask about, twice each: only warnings depend on it.
_VPCS = 20


def page(step: Step) -> bool:
    """Do a page; return whether there are more.

    The head is read before EC2. Then its version is moved, and then the items are read: so a
    worker that saw EC2 before this page did, and has not written yet, can write no more, and what
    others have written is there to be compared with.
    """
    ledger, progress = step.parts.ledger, step.progress
    before = ledger.head()
    try:
        instances, following = step.parts.directory.running(progress.start)
    except PermanentError:
        if not progress.start:
            raise
        # EC2 takes a token for some time only, and this step came late: the walk begins again.
        step.progress = progress._replace(start="", notes=0, instances=0, deletes=0)
        return True
    version = before.version if progress.dry_run else step.fence()
    known = ledger.owners([each.id for each in instances])
    desired = step.parts.fleet.desired(
        instances, step.outcome, dry_run=progress.dry_run, checked_vpcs=_VPCS
    )
    terms = step.parts.reconciler.terms
    differing = {
        each.owner: each
        for each in desired
        if (each.names or each.owner in known)
        and (each.owner not in known or known[each.owner].fulfilled != digest(each, terms))
    }
    start = None
    if progress.dry_run or version == before.version + 1:
        states = {owner: state for owner, state in known.items() if owner in differing}
        start = Start(Head(version), states, list(differing.values()))
    withheld = step.outcome.withheld
    step.outcome.losing.clear()
    done = step.owners(start, sorted(differing), max_deletes=0)
    deletes, step.outcome.withheld = step.outcome.withheld - withheld, withheld
    if not done:
        return True
    running = b"".join(mark(progress.sweep, each.id) for each in instances)
    # Nobody knows what those that failed have to give up: they are looked at once more.
    losing = step.outcome.losing | (step.outcome.failed.keys() & differing.keys())
    step.note(Note(running, losing=tuple(sorted(losing))))
    step.progress = step.progress._replace(
        start=following,
        instances=progress.instances + len(instances),
        deletes=progress.deletes + deletes,
    )
    return bool(following)
