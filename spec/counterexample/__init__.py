"""A counterexample for readers: as a numbered story, as a Mermaid diagram and as an HTML page.

`story.py` turns TLC's whole states into steps: who acted, what changed, which messages were sent and
received. `narration.py`, `diagram.py` and `page.py` show one and the same list of steps. They read
our specifications' habits (`role` and most other variables are functions of the members, `messages`
holds the messages in flight), and leave it to TLC to find the counterexample.
"""
