"""The processes of one node: runner, mailbox, calls, links and monitors, supervisor."""
