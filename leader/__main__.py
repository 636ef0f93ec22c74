"""``python -m leader``: the command line, and nothing else."""

from leader.cli import main

main()
