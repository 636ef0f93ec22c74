"""Programs to read in five minutes each and to run on several terminals: see the README.

Each says at its top what it shows, what it guarantees and what not. They use ``leader`` and
``runtime`` as any application would. ``member`` and ``client`` hold what they have in common,
``programs`` what makes them programs.
"""
