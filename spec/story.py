"""A counterexample told step by step: who did what, what changed, what was sent.

Knows two habits of our specifications and no specification: a variable is a function of the
members, and `messages` is the set of messages in flight, records with `kind`, `from` and `to`,
and perhaps with a counter of the time they have been under way, `age` or `left`.
The idea: TLC prints whole states; a reader wants the differences.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spec.trace import State, Step, Trace
from spec.values import Function, Value, in_order, render

MESSAGES = "messages"
_KIND = ("kind", "type")
_SENDER = ("from", "source")
_RECEIVER = ("to", "dest")
_GROWS = {"age": 1, "left": -1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A part of the state, as `role[m1]`, before and after; `member` is its owner, if any."""

    part: str
    member: str | None
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message that was not in flight before; without a receiver it is for everybody."""

    kind: str
    sender: str | None
    receiver: str | None
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One step: the action, who took it where that can be told, and what it did."""

    number: int
    action: str
    actor: str | None
    changes: tuple[Change, ...] = ()
    sent: tuple[Sent, ...] = ()
    dropped: int = 0
    aged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The counterexample to a claim; where no variable tells members apart, there is but one."""

    model: str
    claim: str
    members: tuple[str, ...]
    scenes: tuple[Scene, ...]
    states: tuple[State, ...]
    ending: str


def story_of(model: str, claim: str, trace: Trace) -> Story:
    """The story of the trace, which violates the claim."""
    first = trace.steps[0]
    members = _members(first.state)
    pairs = zip(trace.steps, trace.steps[1:], strict=False)
    told = (_scene(at, before, step, members) for at, (before, step) in enumerate(pairs, 2))
    return Story(
        model=model,
        claim=claim,
        members=tuple(map(_plain, members)) or ("system",),
        scenes=(Scene(number=1, action="the initial state", actor=None), *told),
        states=tuple(step.state for step in trace.steps),
        ending=_ending(claim, trace),
    )


def lines_of(story: Story) -> Iterator[str]:
    """The story as text, line by line."""
    yield f"{story.model}: how {story.claim} is violated"
    for scene in story.scenes:
        yield ""
        yield f"{scene.number}. {title_of(scene)}"
        if scene.number == 1:
            yield from (f"     {part}" for part in _parts(story.states[0]))
        yield from (f"     {text}" for text in details_of(scene))
    yield ""
    yield story.ending


def title_of(scene: Scene) -> str:
    """The action and who took it."""
    return f"{scene.action}, by {scene.actor}" if scene.actor else scene.action


def details_of(scene: Scene) -> Iterator[str]:
    """What the step did, a line each."""
    for change in scene.changes:
        yield f"{change.part}: {change.before} → {change.after}"
    for sent in scene.sent:
        yield f"sent: {text_of(sent)}"
    if scene.aged:
        yield f"{_counted(scene.aged)} older"
    if scene.dropped:
        yield f"{_counted(scene.dropped)} no longer in flight"


def text_of(sent: Sent) -> str:
    """The message, its way and its content."""
    way = f" {sent.sender} → {sent.receiver or 'all'}" if sent.sender else ""
    return f"{sent.kind}{way}" + (f" ({sent.content})" if sent.content else "")


def _counted(count: int) -> str:
    return f"{count} message{'s' if count > 1 else ''}"


def _ending(claim: str, trace: Trace) -> str:
    if trace.back_to is None:
        return f"Now {claim} is violated."
    if trace.back_by is None:
        return f"Nothing happens any more, so {claim} is violated."
    return f"By {trace.back_by} it goes on from step {trace.back_to}, so {claim} is violated."


def _members(state: State) -> list[Value]:
    """The domain that most variables share; of equally many, the first one's."""
    domains = Counter(
        frozenset(value) for value in state.values() if isinstance(value, Function)
    ) or Counter(
        frozenset(range(1, len(value) + 1)) for value in state.values() if isinstance(value, tuple)
    )
    return in_order(domains.most_common(1)[0][0]) if domains else []


def _scene(number: int, before: Step, step: Step, members: list[Value]) -> Scene:
    changes = tuple(_changes(before.state, step.state, members))
    old, new = _in_flight(before.state), _in_flight(step.state)
    aged = {message for message in new - old if any(_is_older(message, m) for m in old - new)}
    former = {m for m in old - new if any(_is_older(message, m) for message in aged)}
    sent = tuple(_sent(message) for message in in_order(new - old - aged))
    return Scene(
        number=number,
        action=step.action or "",
        actor=_actor(step, changes, sent),
        changes=changes,
        sent=sent,
        dropped=len(old - new - former),
        aged=len(aged),
    )


def _actor(step: Step, changes: Iterable[Change], sent: Iterable[Sent]) -> str | None:
    """The one whose variables changed, or else who sent; where that is nobody or several, None."""
    if step.arguments:
        return ", ".join(step.arguments)
    owners = {change.member for change in changes if change.member}
    senders = {message.sender for message in sent if message.sender}
    suspects = owners or senders
    return suspects.pop() if len(suspects) == 1 else None


def _changes(before: State, after: State, members: list[Value]) -> Iterator[Change]:
    for name in after:
        if name == MESSAGES and _is_messages(after[name]) and _is_messages(before.get(name)):
            continue
        old, new = before.get(name), after[name]
        if old is None or old == new:
            continue
        of_members = _is_of(old, members) and _is_of(new, members)
        for part, member, was, became in _differences(name, old, new):
            owner = _plain(member) if of_members and member is not None else None
            yield Change(part=part, member=owner, before=was, after=became)


def _differences(name: str, old: Value, new: Value) -> Iterator[tuple[str, Value | None, str, str]]:
    """The smallest parts that differ, each with the first key on the way to it."""
    if isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        old, new = _numbered(old), _numbered(new)
    if isinstance(old, Function) and isinstance(new, Function) and old.keys() == new.keys():
        for key in in_order(new):
            if old[key] != new[key]:
                part = f"{name}.{key}" if isinstance(key, str) else f"{name}[{_plain(key)}]"
                for inner, _, was, became in _differences(part, old[key], new[key]):
                    yield inner, key, was, became
    elif old != new:
        yield name, None, _plain(old), _plain(new)


def _numbered(value: tuple[Value, ...]) -> Function:
    return Function(dict(enumerate(value, 1)))


def _is_of(value: Value, members: list[Value]) -> bool:
    """Whether the value is a function of the members."""
    if isinstance(value, tuple):
        value = _numbered(value)
    return isinstance(value, Function) and set(value) == set(members)


def _is_messages(value: Value | None) -> bool:
    return isinstance(value, frozenset) and all(isinstance(m, Function) for m in value)


def _in_flight(state: State) -> frozenset[Function]:
    value = state.get(MESSAGES)
    if not isinstance(value, frozenset):
        return frozenset()
    return frozenset(message for message in value if isinstance(message, Function))


def _is_older(message: Function, former: Function) -> bool:
    """Whether it is the former message a while later: the same but for counters that moved on.

    A counter that moved back is a message sent anew.
    """
    if message.keys() != former.keys():
        return False
    moved = [key for key in message if message[key] != former[key]]
    return all(_moved_on(key, former[key], message[key]) for key in moved)


def _moved_on(key: Value, before: Value, after: Value) -> bool:
    if not isinstance(key, str) or not isinstance(before, int) or not isinstance(after, int):
        return False
    return (after - before) * _GROWS.get(key, 0) > 0


def _sent(message: Function) -> Sent:
    known = {*_KIND, *_SENDER, *_RECEIVER}
    content = (f"{key} {_plain(message[key])}" for key in in_order(message) if key not in known)
    return Sent(
        kind=_field(message, _KIND) or "message",
        sender=_field(message, _SENDER),
        receiver=_field(message, _RECEIVER),
        content=", ".join(content),
    )


def _field(message: Function, names: tuple[str, ...]) -> str | None:
    return next((_plain(message[name]) for name in names if name in message), None)


def _parts(state: State) -> Iterator[str]:
    return (f"{name} = {render(value)}" for name, value in state.items())


def _plain(value: Value) -> str:
    """The value for people: text without quotation marks."""
    return value if isinstance(value, str) else render(value)
