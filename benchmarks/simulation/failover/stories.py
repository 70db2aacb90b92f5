"""The kinds of failures: everything that is left to chance is drawn before a run begins."""

from __future__ import annotations

import random
from collections.abc import Callable

from benchmarks.simulation.failover.story import (
    DYNAMODB,
    EC2,
    LAMBDA,
    NEVER,
    NODES,
    REFUSED,
    SILENT,
    Changed,
    Cut,
    Down,
    Spell,
    Story,
)

Teller = Callable[[random.Random], Story]

AT = 20.0
# Longer than the smallest dwell, so that what would move twice has the time for it; most runs end
# before, as nothing else happens in them.
_AFTER, _SHORTLY, _LONG = 90.0, 30.0, 0.2
# What would move after a trouble has the time for it, too.
_REST = 16.0
_DWELL = 60.0


def _after(draw: random.Random) -> float:
    return AT + (_AFTER if draw.random() < _LONG else _SHORTLY)


def _down(draw: random.Random, begin: float = AT, end: float = NEVER) -> Down:
    return Down(Spell(begin, end), draw.choice((SILENT, REFUSED)))


def node(draw: random.Random) -> Story:
    """The active node dies: silently, or only its service, or EC2 stops its instance."""
    story = Story(AT, _after(draw), {"a": [_down(draw)]})
    if draw.random() < 1 / 3:
        story.stopped["a"] = (AT, draw.choice(("stopping", "shutting-down", "terminated")))
    return story


def zone(draw: random.Random) -> Story:
    """The active node's zone is gone, with its prober."""
    story = Story(AT, _after(draw), {"a": [Down(Spell(AT))]})
    _cut_off_or_silent(draw, story, 0, Spell(AT))
    return story


def other_zone(draw: random.Random) -> Story:
    """The other node's zone is gone, with its prober."""
    story = Story(AT, _after(draw), {"b": [Down(Spell(AT))]})
    _cut_off_or_silent(draw, story, 1, Spell(AT))
    return story


def link(draw: random.Random) -> Story:
    """A prober does not reach one node, or none; or no prober reaches any: all nodes serve."""
    spell = Spell(AT, AT + draw.uniform(2, 80))
    kind = draw.random()
    if kind < 0.5:
        pairs = [(draw.randrange(2), draw.choice(NODES))]
    elif kind < 0.75:
        prober = draw.randrange(2)
        pairs = [(prober, each) for each in NODES]
    else:
        pairs = [(prober, each) for prober in (0, 1) for each in NODES]
    return Story(AT, spell.end + _REST, cut=[Cut(*pair, spell) for pair in pairs])


def monitor(draw: random.Random) -> Story:
    """Probers, or controllers, do not run for a while: all nodes serve."""
    spell = Spell(AT, AT + draw.uniform(2, 80))
    story = Story(AT, spell.end + _REST)
    kind = draw.random()
    if kind < 0.4:
        story.silent[draw.randrange(2)] = spell
    elif kind < 0.6:
        story.silent.update({0: spell, 1: spell})
    elif kind < 0.8:
        story.killed = (AT, draw.random() < 0.5)
    else:
        story.none = spell
    return story


def node_and_monitor(draw: random.Random) -> Story:
    """The active node dies, and one controller or one prober until it would have moved."""
    story = node(draw)
    when = AT + draw.uniform(-1, 13)
    if draw.random() < 0.75:
        story.killed = (when, draw.random() < 0.5)
    else:
        story.silent[draw.randrange(2)] = Spell(when)
    return story


def node_and_no_controller(draw: random.Random) -> Story:
    """The active node dies, and both controllers with it: the next is started by the schedule."""
    story = node(draw)
    story.none = Spell(AT, AT + 0.001)
    story.end += 50
    return story


def control_plane(draw: random.Random) -> Story:
    """A part of AWS is away: all nodes serve."""
    story = Story(AT, AT + _AFTER)
    _away(draw, story, AT)
    story.end = story.trouble.end + _REST
    return story


def node_and_control_plane(draw: random.Random) -> Story:
    """The active node dies while a part of AWS is away, or just before it is."""
    story = node(draw)
    _away(draw, story, AT + draw.uniform(-20, 13))
    story.end += 50
    return story


def both(draw: random.Random) -> Story:
    """Both nodes are down for a while, in any order; one of them serves again first."""
    first, second = sorted(draw.uniform(AT, AT + 20) for _ in NODES)
    back = draw.uniform(second + 5, second + 60)
    later = back + draw.uniform(0, 30) if draw.random() < 0.5 else NEVER
    order = draw.choice((NODES, NODES[::-1]))
    if draw.random() < 0.4:
        first = second
    down = {
        order[0]: [_down(draw, first, back if draw.random() < 0.5 else later)],
        order[1]: [_down(draw, second)],
    }
    fallen = down[order[0]][0].spell
    if fallen.end != back:
        down[order[1]] = [_down(draw, second, back)]
    else:
        down[order[1]] = [_down(draw, second, later)]
    # Who is the second to come back within the dwell of a move to it has to wait for its end.
    last = back if later == NEVER else later
    return Story(first, max(last, second + _DWELL) + _REST, down)


def silent_zone(draw: random.Random) -> Story:
    """The primary's zone is gone, with everything in it."""
    del draw
    return Story(AT, AT + _SHORTLY, {"a": [Down(Spell(AT))]}, silent={0: Spell(AT)})


def grey_zone(draw: random.Random) -> Story:
    """The primary's zone is cut off, and what runs in it does not know: Lambda goes on using it."""
    del draw
    cut = [Cut(0, each, Spell(AT)) for each in NODES]
    return Story(AT, AT + _SHORTLY, {"a": [Down(Spell(AT))]}, cut=cut)


def link_of_relay(draw: random.Random) -> Story:
    """What looks from one zone does not reach the secondary, or none, or nothing looks at all."""
    spell = Spell(AT, AT + draw.uniform(2, 80))
    zone_, kind = draw.randrange(2), draw.random()
    pairs = [(zone_, "b")]
    if kind < 2 / 3:
        pairs.append((zone_, "a"))
    if kind < 1 / 3:
        pairs = [(each, node_) for each in (0, 1) for node_ in NODES]
    return Story(AT, AT + _AFTER, cut=[Cut(*pair, spell) for pair in pairs])


def one_sided_link(draw: random.Random) -> Story:
    """What looks from one zone reaches the secondary and not the primary, which serves."""
    spell = Spell(AT, AT + draw.uniform(2, 80))
    return Story(AT, AT + _AFTER, cut=[Cut(draw.randrange(2), "a", spell)])


def relay(draw: random.Random) -> Story:
    """Both relays are gone, or Lambda is: all nodes serve."""
    spell = Spell(AT, AT + draw.uniform(2, 80))
    story = Story(AT, AT + _AFTER)
    if draw.random() < 0.5:
        story.away[LAMBDA] = spell
    else:
        story.silent.update({0: spell, 1: spell})
    return story


def relay_of_zone(draw: random.Random) -> Story:
    """The relay of one zone is gone: all nodes serve."""
    spell = Spell(AT, AT + draw.uniform(2, 80))
    return Story(AT, AT + _AFTER, silent={draw.randrange(2): spell})


def node_and_relay_of_zone(draw: random.Random) -> Story:
    """The primary dies while the relay of one zone is gone: the other one tells."""
    story = relay_of_zone(draw)
    story.down["a"] = [_down(draw)]
    return story


def node_and_relay(draw: random.Random) -> Story:
    """The primary dies while both relays, or Lambda, are gone."""
    story = relay(draw)
    story.down["a"] = [_down(draw)]
    story.end += _AFTER
    return story


def changed(draw: random.Random) -> Story:
    """Somebody else, or a late request of a dead controller, points a route elsewhere."""
    table = draw.choice(("rtb-1", "rtb-2"))
    at = AT + draw.uniform(0, 20)
    return Story(at, at + 40, changed=Changed(at, table, draw.choice(("", "eni-b"))))


def _cut_off_or_silent(draw: random.Random, story: Story, prober: int, spell: Spell) -> None:
    if draw.random() < 0.5:
        story.silent[prober] = spell
    else:
        story.cut += [Cut(prober, each, spell) for each in NODES]


def _away(draw: random.Random, story: Story, begin: float) -> None:
    spell = Spell(begin, begin + draw.uniform(3, 60))
    kind = draw.random()
    if kind < 0.3:
        story.away[EC2] = spell
    elif kind < 0.5:
        story.throttled = (spell, draw.choice((0.3, 0.6, 1.0)))
    elif kind < 0.7:
        story.away[DYNAMODB] = spell
    elif kind < 0.9:
        story.away[LAMBDA] = spell
    else:
        story.away.update(dict.fromkeys((EC2, DYNAMODB, LAMBDA), spell))
