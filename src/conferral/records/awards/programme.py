"""A mixed integer programme over columns of whole numbers, solved by HiGHS."""

from collections.abc import Mapping

NODES = 1_000_000


class Programme:
    """Columns from nought to a most, and rows that bound sums of them. `values` are those of the last solution."""

    def __init__(self) -> None:
        self.most: list[int] = []
        self.rows: list[tuple[dict[int, int], int | None, int | None]] = []
        self.values: list[int] = []

    def column(self, most: int = 1) -> int:
        """A new column; its number."""
        self.most.append(most)
        return len(self.most) - 1

    def row(self, terms: Mapping[int, int], *, least: int | None = None, most: int | None = None) -> None:
        """A sum of columns, each times its factor, lies within inclusive bounds."""
        self.rows.append((dict(terms), least, most))

    def total(self, terms: Mapping[int, int]) -> int:
        """What a sum of columns comes to in the last solution."""
        return sum(self.values[column] * factor for column, factor in terms.items())

    def minimise(self, weights: Mapping[int, int]) -> bool:
        """Find the least weighted sum; False when the rows contradict each other.

        The same programme has the same solution every time. Raises RuntimeError when the solver gives up.
        """
        if not self.most:
            self.values = []
            return all(self._within(row) for row in self.rows)
        solved = self._solve(weights)
        if solved is None:
            return False
        self.values = [round(value) for value in solved]
        if not all(self._within(row) for row in self.rows):
            raise RuntimeError("The solver's answer does not hold in whole numbers.")
        return True

    def _within(self, row: tuple[dict[int, int], int | None, int | None]) -> bool:
        terms, least, most = row
        total = self.total(terms)
        return (least is None or total >= least) and (most is None or total <= most)

    def _solve(self, weights: Mapping[int, int]) -> list[float] | None:
        import highspy

        solver = highspy.Highs()
        solver.silent()
        for option, value in (("threads", 1), ("random_seed", 1), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.0),
                              ("mip_max_nodes", NODES)):  # fmt: skip
            solver.setOptionValue(option, value)
        solver.passModel(self._written(highspy, weights))
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return list(solver.getSolution().col_value)
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return None
        raise RuntimeError(f"The solver gave up: {status}.")

    def _written(self, highspy, weights: Mapping[int, int]):
        """The programme as HiGHS takes it: rows one after the other, each as columns and factors."""
        import numpy

        lp, infinite = highspy.HighsLp(), highspy.kHighsInf
        lp.num_col_, lp.num_row_ = len(self.most), len(self.rows)
        lp.col_cost_ = numpy.array([weights.get(column, 0) for column in range(len(self.most))], dtype=float)
        lp.col_lower_, lp.col_upper_ = numpy.zeros(len(self.most)), numpy.array(self.most, dtype=float)
        lp.row_lower_ = numpy.array([-infinite if least is None else least for _, least, _ in self.rows], dtype=float)
        lp.row_upper_ = numpy.array([infinite if most is None else most for *_, most in self.rows], dtype=float)
        starts = numpy.cumsum([0, *(len(terms) for terms, *_ in self.rows)])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = starts
        lp.a_matrix_.index_ = numpy.array([column for terms, *_ in self.rows for column in terms], dtype=int)
        lp.a_matrix_.value_ = numpy.array([f for terms, *_ in self.rows for f in terms.values()], dtype=float)
        lp.integrality_ = [highspy.HighsVarType.kInteger] * len(self.most)
        return lp
