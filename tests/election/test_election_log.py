"""Every record of an election's log says which cluster and member it is of, in which term, and who leads."""

import pytest

from leader.election.election_log import ElectionLog
from leader.protocol.vocabulary import ClusterId, MemberId, Term


def test_a_record_has_the_fields_of_its_member(caplog: pytest.LogCaptureFixture) -> None:
    """Before anything is known the term is 0 and there is no leader; other fields stay."""
    log = ElectionLog({"node": "n1"}, ClusterId("shop"), MemberId("m@n1"))
    log.warning("first", extra={"more": 1})
    log.show(lambda: (Term(7), MemberId("m@n2")))
    log.warning("second")
    first, second = (vars(record) for record in caplog.records)
    assert first["name"] == "leader"
    fields = ("node", "cluster", "member", "term", "leader")
    assert [first[field] for field in fields] == ["n1", "shop", "m@n1", 0, None]
    assert [second[field] for field in fields] == ["n1", "shop", "m@n1", 7, "m@n2"]
    assert first["more"] == 1
