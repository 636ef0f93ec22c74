"""Measurements, never assertions: figures of one run on one machine.

A busy machine makes every figure worse. Therefore each run also measures the floor, which is
what bare asyncio streams need on this machine, and shows times as multiples of it.
"""
