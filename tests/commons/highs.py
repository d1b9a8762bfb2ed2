"""The same questions put to HiGHS as linear programs: another road to the same numbers."""

import highspy
import numpy as np


def solve(cost, upper, entries, values, row_lower, row_upper, method="choose") -> float:
    """Minimise cost*x for 0 <= x <= upper; entries are given as (row, column) with their values."""
    rows, columns = (np.asarray(part, np.int64) for part in entries)
    order = np.lexsort((rows, columns))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(cost), len(row_lower)
    model.col_cost_, model.col_lower_ = np.asarray(cost, float), np.zeros(len(cost))
    model.col_upper_ = np.asarray(upper, float)
    model.row_lower_, model.row_upper_ = np.asarray(row_lower, float), np.asarray(row_upper, float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=len(cost)))])
    model.a_matrix_.index_, model.a_matrix_.value_ = rows[order], np.asarray(values, float)[order]
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("solver", method)
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise ArithmeticError(str(solver.getModelStatus()))
    return float(solver.getInfo().objective_function_value)


def largest_minimum(supply, tail, head, most, need, have, method="choose") -> float:
    """The largest share s <= 1 with: what comes to j, and what j has, is at least s times its need.

    Columns are the ways and the share; a row for each giver and each receiver. Amounts are brought to the size that
    the tolerances of HiGHS are made for: with needs of 10^4 to 10^8 grams as they were, it stopped far from the best.
    """
    size = max(1, np.max(need, initial=0)) / 1000
    supply, need, have = (np.asarray(amounts) / size for amounts in (supply, need, have))
    ways, givers, receivers = len(tail), len(supply), len(need)
    upper = [*(np.inf if bound >= 2**62 else bound / size for bound in most), 1]
    rows = np.concatenate([tail, givers + np.asarray(head), givers + np.arange(receivers)])
    columns = np.concatenate([np.arange(ways), np.arange(ways), np.full(receivers, ways)])
    values = np.concatenate([np.ones(2 * ways), -np.asarray(need, float)])
    lower = np.concatenate([np.full(givers, -np.inf), -np.asarray(have, float)])
    cost = np.zeros(ways + 1)
    cost[-1] = -1
    return -solve(cost, upper, (rows, columns), values, lower, [*supply, *np.full(receivers, np.inf)], method)


def least_transport(supply, tail, head, most, metres, amount) -> float:
    """The fewest metres over which everybody gets exactly their amount."""
    size = max(1, np.max(amount, initial=0)) / 1000
    supply, amount = np.asarray(supply) / size, np.asarray(amount) / size
    ways, givers = len(tail), len(supply)
    rows = np.concatenate([tail, givers + np.asarray(head)])
    columns = np.concatenate([np.arange(ways), np.arange(ways)])
    upper = [np.inf if bound >= 2**62 else bound / size for bound in most]
    lower = np.concatenate([np.zeros(givers), amount])
    return size * solve(metres, upper, (rows, columns), np.ones(2 * ways), lower, np.concatenate([supply, amount]))
