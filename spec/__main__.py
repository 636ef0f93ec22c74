"""`python -m spec`: the command line of the model runner, and nothing else."""

from spec.cli import main

main()
