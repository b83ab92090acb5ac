"""A program of its own that looks into files strangers sent. Run as `python -m conferral.intake`; nothing imports it.

It knows neither Django nor the rest of Conferral: it takes a path and limits, and prints what it found as JSON. What
follows from it is decided by the rules, in the process that asked.
"""
