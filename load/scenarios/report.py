"""Writes what came back, for `npm run load`: steps, errors by what was answered, and what a scenario did not expect."""

import json
import os
from collections import Counter
from typing import Any

from locust import events
from locust.env import Environment
from steps import Step

limited: Counter[Step] = Counter()
"""Answers of 429, which are no failures."""


@events.quitting.add_listener
def _write(environment: Environment, **_: Any) -> None:
    entries = {name: entry for (name, _method), entry in environment.stats.entries.items()}
    unknown = sorted(set(entries) - set(Step))
    report = {
        "steps": [_step(step, entries.get(step)) for step in Step],
        "errors": [
            {"step": error.name, "answer": str(error.error), "count": error.occurrences}
            for error in environment.stats.errors.values()
        ],
        "exceptions": [
            {"message": row["msg"], "count": row["count"]} for row in environment.runner.exceptions.values()
        ]
        + [{"message": f"a request without a step: {name}", "count": 1} for name in unknown],
    }
    with open(os.environ["AUTHLY_LOAD_REPORT"], "w", encoding="utf-8") as file:
        json.dump(report, file)


def _step(step: Step, entry: Any) -> dict[str, Any]:
    percentile = entry.get_response_time_percentile if entry else lambda _share: 0
    return {
        "step": step,
        "requests": entry.num_requests if entry else 0,
        "failures": entry.num_failures if entry else 0,
        "limited": limited[step],
        "p50Ms": percentile(0.5),
        "p90Ms": percentile(0.9),
        "p99Ms": percentile(0.99),
    }
