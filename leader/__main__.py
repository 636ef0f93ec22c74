"""``python -m leader`` is the command line ``leader``."""

from leader.cli.main import main

main()
