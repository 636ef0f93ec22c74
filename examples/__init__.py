"""Programs to run in several terminals, each short enough to be read in five minutes: see the README.

Each module opens with what it shows, what it guarantees and what it does not. The examples use
``leader`` and ``runtime`` as any application would. ``member`` and ``client`` hold what the
examples have in common; ``programs`` turns them into command lines.
"""
