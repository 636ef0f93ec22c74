"""``python -m leader``: the command line, and nothing else."""

from leader.cli.main import main

main()
