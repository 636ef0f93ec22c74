"""The specification and its runner: TLA+ modules, the models that pin them, and `python -m spec`.

The runner knows TLC's manners and nothing of elections: a model is a module, a configuration and
an expected verdict, all three named in `models.toml`. It fails unless TLC reports exactly that.
"""
