"""Pages of EC2: running instances that lack something get it."""

from __future__ import annotations

from ddns.core.errors import PermanentError
from ddns.core.head import Head
from ddns.core.instance.plan import digest
from ddns.core.instance.walk import Note, mark
from ddns.instance.reconciler import Start
from ddns.instance.sweep.step import Step

# How many VPCs a page may ask about, twice each: only warnings depend on it.
_VPCS = 20


def page(step: Step) -> bool:
    """Do a page; return whether there are more.

    The order is: read the head, read EC2, move the head's version, read the items. So a worker that
    saw EC2 before this page did, and has not written yet, gets a conflict. What others have written
    by then is in the items.
    """
    ledger, progress = step.parts.ledger, step.progress
    before = ledger.head()
    if before.draining:
        return False
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
    step.outcome.withheld_owners.clear()
    done = step.owners(start, sorted(differing), max_deletes=0)
    deletes, step.outcome.withheld = step.outcome.withheld - withheld, withheld
    if not done:
        return True
    running = b"".join(mark(progress.sweep, each.id) for each in instances)
    # It is not known what those that failed have too much: they are looked at once more.
    to_delete = step.outcome.withheld_owners | (step.outcome.failed.keys() & differing.keys())
    step.note(Note(running, to_delete=tuple(sorted(to_delete))))
    step.progress = step.progress._replace(
        start=following,
        instances=progress.instances + len(instances),
        deletes=progress.deletes + deletes,
    )
    return bool(following)
