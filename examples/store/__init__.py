"""Store: keys and values on every member; an acknowledged write survives any minority of crashes.

    python -m examples.store member n1                # in three terminals: n1, n2, n3
    python -m examples.store put colour blue
    python -m examples.store get colour

The rules. A member's shelf is a file: the ballot it has promised, and the newest entries with
their version. "All" are the fixed members, a quorum is a strict majority of them.
 1. A ballot is the term of a leadership, so no two leaders share one. A leader numbers its rounds;
    a version is (ballot, round), ordered by ballot first, and stands for one state of the store.
 2. Before it serves, a leader asks all to promise its ballot. A member that has promised no
    higher one writes the promise down and answers with its shelf.
 3. Of a quorum's answers the leader adopts the entries of the newest version, and stores them
    again under its own ballot (4). Until then it serves no request.
 4. It stores by sending a version and its entries to all. A member that has promised no higher
    ballot writes both down, unless its shelf is newer, and answers. With a quorum of answers it
    is stored.
 5. Only then is a write acknowledged. Writes that arrive meanwhile wait and share the next one.
 6. Reads are answered from the last state that a quorum has stored, and only within the lease.

Guarantees: writes and reads of a key are linearizable. An acknowledged write is found again as
long as a quorum keeps its files, however many processes crash. Why: the quorum of (2) shares a
member with every quorum of (4) of a lower ballot, and that member stored before it promised, or
did not store at all. Writes rest on (1) alone and not on clocks; that a read is not stale rests
on the lease.

Limits: it is not a database. All entries travel with each version, so there is no log and
nothing to compact. It is for settings rather than for data: at most a thousand keys of a
thousand characters. After `Unsure`, or without an answer, a write may have been done. A member
that lost its file must not come back under its name; members are fixed; neither disk nor network
is encrypted.
"""
