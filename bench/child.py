"""Runs one function of the benchmark under Django: `python -m bench.child MODULE:FUNCTION JSON`."""

import importlib
import json
import sys

import django


def main(function: str, arguments: str) -> None:
    """Print what the function gives back as one line of JSON."""
    django.setup()
    module, _, name = function.partition(":")
    answer = getattr(importlib.import_module(module), name)(**json.loads(arguments))
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
