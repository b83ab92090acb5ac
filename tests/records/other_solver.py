"""What CP-SAT finds for a question on standard input, in a process of its own."""

import pickle
import subprocess
import sys

import numpy as np

from conferral.records.allocation.flow import Question


def optimum(question: Question) -> int:
    """The lowest cost, found by a solver of another kind."""
    command = [sys.executable, "-m", "tests.records.other_solver"]
    answer = subprocess.run(command, input=pickle.dumps(question), capture_output=True, check=True)
    return int(answer.stdout)


def main() -> None:
    from ortools.sat.python import cp_model

    question = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from the test that started it
    model = cp_model.CpModel()
    own = {(int(b), int(m)): int(c) for b, m, c in zip(*question.own, strict=True)}
    terms, held = [], {person: [] for person in range(question.cost.shape[1])}
    for batch, kind in enumerate(question.kind.tolist()):
        ways = [model.new_bool_var("")]
        terms.append(int(question.left_out[batch]) * ways[0])
        for person in np.flatnonzero(question.allowed[kind]).tolist():
            way = model.new_bool_var("")
            ways.append(way)
            held[person].append(way)
            terms.append(own.get((batch, person), int(question.cost[kind, person])) * way)
        model.add_exactly_one(ways)
    filled = {person: [] for person in held}
    for person, cost, room in zip(*(column.tolist() for column in question.load), strict=True):
        step = model.new_int_var(0, room, "")
        filled[person].append(step)
        terms.append(cost * step)
    for person, ways in held.items():
        model.add(sum(ways) == sum(filled[person]))
    model.minimize(sum(terms))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    print(round(solver.objective_value))


if __name__ == "__main__":
    main()
