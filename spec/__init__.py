"""The specification and its runner: TLA+ modules, the models that pin them, and `python -m spec`.

The runner knows nothing of elections. A model is a module, a configuration and an expected outcome,
all in `models.toml`, and the runner fails unless TLC reports exactly this outcome.
"""
