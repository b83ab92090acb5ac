"""The cheapest flow, found by OR-Tools in a process of its own.

OR-Tools and the solver behind readiness bring each a library of the same name, and a process can hold only one.
"""

import io
import os
import subprocess
import sys

import numpy as np

from conferral.rules.policies import policy


def flows_apart(
    tail: np.ndarray, head: np.ndarray, room: np.ndarray, cost: np.ndarray, supply: np.ndarray
) -> np.ndarray:
    """How much flows on each arc of the cheapest flow; `supply` is by node.

    Raises RuntimeError when there is none, and when it takes longer than the policy allows.
    """
    asked, seconds = io.BytesIO(), policy("seconds_to_allocate")
    np.savez(asked, tail=tail, head=head, room=room, cost=cost, supply=supply)
    command = [sys.executable, "-I", "-m", "conferral.records.allocation.apart"]
    try:
        ended = subprocess.run(
            command, input=asked.getvalue(), capture_output=True, check=False, timeout=seconds, cwd="/",
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"The flow was not solved within {seconds} seconds.") from None
    if ended.returncode:
        said = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        raise RuntimeError(f"The flow was not solved: {said[-1] if said else ended.returncode}")
    return np.load(io.BytesIO(ended.stdout), allow_pickle=False)


def main() -> None:
    """Read the arcs from standard input, and write what flows on them."""
    from ortools.graph.python import min_cost_flow

    asked = np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(asked["tail"], asked["head"], asked["room"], asked["cost"])
    supply = asked["supply"]
    flow.set_nodes_supplies(np.arange(len(supply)), supply)
    status = flow.solve()
    if status != flow.OPTIMAL:
        sys.exit(status.name)
    answer = io.BytesIO()
    np.save(answer, flow.flows(arcs), allow_pickle=False)
    sys.stdout.buffer.write(answer.getvalue())


if __name__ == "__main__":
    main()
