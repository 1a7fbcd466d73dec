"""What became of stops that were moved: copied by mirrors, once for each move (A4); bettered since."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import takewhile

from config.simulation.process import LEADER, Process
from core.account.box import Box, Remembered
from core.facts import Act, ActKind, Filled, Merged
from core.ladder_state import LadderState, hits
from core.request import Merge
from core.stops import better


def copies(process: Process) -> Iterator[tuple[str, str]]:
    """(account, detail) of every mirror's live trade whose stop is not as its leader's moves say."""
    if LEADER not in process.nodes:
        return
    leader = process.nodes[LEADER].machine.state
    for name, node in process.nodes.items():
        for trade, box in node.machine.state.boxes.items():
            theirs = leader.boxes.get(trade)
            if theirs is None or box.trade.plan.leader != LEADER or box.phase.closing or theirs.phase.closing:
                continue
            for detail in _copied(theirs, box):
                yield name, f"{trade}: {detail}"


def bettered(box: Box) -> bool:
    """Whether anything came after the last move of the stop that may better it: what was sold, or the leader's TP1."""
    for _, _, fact in reversed(box.history):
        match fact:
            case Act(kind=ActKind.MOVE_STOP):
                return False
            case Act(kind=ActKind.LEADER_TP1):
                return True
            case Filled(side=side) if side is box.trade.plan.closing:
                return True
            case _:
                pass
    return False


def was_moved(box: Box) -> bool:
    """Whether anybody moved the trade's stop, since put back or not."""
    return bool(_moves(box))


def _copied(theirs: Box, mine: Box) -> Iterator[str]:
    """What is wrong with a mirror's copies. Its own hits may have given it a better stop: then it keeps that."""
    moves, here = _moves(theirs), _moves(mine, since_replaced=True)
    made = Counter(act.price for act in moves)
    for price, times in Counter(act.price for act in here if act.by == LEADER).items():
        if times > made[price] and not _kept(mine, price, made):
            yield f"its leader's stop was moved to {price} {made[price]} times, and copied {times} times"
    own = theirs.trade.own
    if not isinstance(own, LadderState) or own.moved is None:
        return
    last = here[-1] if here else None
    if last is None or (last.price != own.moved[0] and last.at < _came_to(moves)):
        yield f"its leader's stop was moved to {own.moved[0]}, here {last.price if last else 'never'}"


def _kept(mine: Box, price: Decimal | None, made: Counter[Decimal | None]) -> bool:
    """Whether it is what the mirror's own hits had given it, better than what its leader's stop was moved to."""
    if price is None or not hits(mine.trade):
        return False
    return any(each is not None and better(each, price, mine.trade.plan.side) == price != each for each in made)


def _replaces(fact: Remembered) -> bool:
    return isinstance(fact, Merged) and fact.plan.additions[-1].request.merge is Merge.REPLACE


def _moves(box: Box, *, since_replaced: bool = False) -> list[Act]:
    """Every move of the stop, or those since a merge took the prices of before away: that one is copied once more."""
    facts = [fact for _, _, fact in box.history]
    if since_replaced:
        facts = list(takewhile(lambda fact: not _replaces(fact), reversed(facts)))[::-1]
    acts = [fact for fact in facts if isinstance(fact, Act) and fact.kind is ActKind.MOVE_STOP]
    return sorted(acts, key=lambda act: act.at)


def _came_to(moves: list[Act]) -> int:
    """When the last price was first asked for: the same price once more is no move, and nothing to copy."""
    run = takewhile(lambda act: act.price == moves[-1].price, reversed(moves))
    return min(act.at for act in run)
