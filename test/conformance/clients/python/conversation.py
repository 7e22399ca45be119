"""The conversation with the test, see ../program.ts."""

import json
import sys


def say(value):
    print(json.dumps(value), flush=True)


def hear():
    return json.loads(sys.stdin.readline())


def visit(address):
    """Sends the person's browser to address; returns where it comes back."""
    say({"visit": address})
    return hear()


def refused(error, description=None):
    say({"refused": {"error": error, "description": description}})
