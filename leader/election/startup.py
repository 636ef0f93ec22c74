"""How a member begins: its first state, from its record or without one, traced and saved.

The rules are the core's (``leader.protocol.start``); this connects them to the record and the trace.
"""

from datetime import UTC, datetime
from pathlib import Path

from leader.election.environment import Environment
from leader.election.record_writer import RecordWriter
from leader.election.trace import begun, started
from leader.errors import RecordFarAhead
from leader.protocol.durable import Durable
from leader.protocol.guards import is_voter
from leader.protocol.membership import Membership
from leader.protocol.start import restart, start_without_record
from leader.protocol.state import Settings, State


async def state_from_record(
    settings: Settings, listed: Membership, environment: Environment, writer: RecordWriter
) -> State | None:
    """The first state of a member with a record; None if there is no record, or none that matters.

    Raises:
        StorageError: the record cannot be read or written, is damaged, or is not this member's.
    """
    record = await writer.load()
    if record is not None and not listed.voters and settings.member not in record.membership.voters:
        # An observer gives no votes or promises to remember, and the next leader tells it who votes.
        record = None
    if record is not None:
        _check_believable(settings, record, environment)
    environment.story.begins(None if record is None else record.term)
    line = started(settings, listed.voters, environment.now(), recorded=record is not None)
    environment.tell_trace(line)
    if record is None:
        return None
    moment = environment.moment()
    state = restart(settings, record, moment)
    environment.tell_trace(begun(state, moment.now, moment.now))
    _warn_if_outranked(listed, record, state, environment)
    if state.durable != record:
        # Without this the next life would wait for less time than this life promises.
        await writer.save(state.durable)
    return state


def state_without_record(settings: Settings, listed: Membership, environment: Environment) -> State:
    """The first state of a member without a record, when its silence is over; it is not saved yet."""
    moment, wall_clock = environment.moment(), environment.clock.wall_milliseconds()
    state = start_without_record(settings, listed, wall_clock, moment)
    environment.tell_trace(begun(state, moment.now, moment.now))
    return state


def _check_believable(settings: Settings, record: Durable, environment: Environment) -> None:
    """Refuse a term that no honest member can have had: a member that starts in it uses up all terms.

    Raises:
        RecordFarAhead: the record holds such a term.
    """
    limit, term = environment.highest_term(), max(record.term, record.membership.term)
    if limit is not None and term > limit:
        today = datetime.fromtimestamp(environment.clock.wall_milliseconds() / 1_000, UTC)
        place = Path(settings.cluster) / f"{settings.member}.record"
        raise RecordFarAhead(
            place,
            f"its term {term} is more than ten years ahead of this machine's clock, which shows {today:%Y-%m-%d %H:%M} UTC",
        )


def _warn_if_outranked(
    listed: Membership, record: Durable, state: State, environment: Environment
) -> None:
    recorded = record.membership.voters
    # The bootstrap list of an observer is empty, so a list in its record contradicts nothing.
    observes = not listed.voters and not is_voter(state)
    if recorded != listed.voters and not observes:
        environment.log.warning(
            "the recorded membership %s outranks the bootstrap list %s",
            list(recorded),
            list(listed.voters),
        )
