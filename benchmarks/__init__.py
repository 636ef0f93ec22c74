"""Measurements, never assertions: figures of one run on one machine, beside what they are made of.

A machine that is busy makes every figure worse; so each is shown with the floor measured in the same
run, and as a multiple of it.
"""
