"""Functions that look at other rows of a chart, or at the place of a row in it. The planner works them out over the
rows in their order; here they are only named. TOTAL before the arguments takes the whole column as one segment."""

from __future__ import annotations

from engine.language.registry import add

_ROWS = {
    "Above(expression[, offset[, count]])": "The value `offset` rows (1 unless stated) higher in the column segment.",
    "Below(expression[, offset[, count]])": "The value `offset` rows (1 unless stated) lower in the column segment.",
    "Top(expression[, offset[, count]])": "The value of the first row of the column segment, or of a later one.",
    "Bottom(expression[, offset[, count]])": "The value of the last row of the column segment, or of an earlier one.",
    "RowNo()": "The number of the row in the column segment.",
    "NoOfRows()": "How many rows the column segment has.",
    "Column(n)": "The value of the n-th measure in the row.",
    "Dimensionality()": "How many dimensions the row has values of; 0 in the total.",
    "Before(expression[, offset[, count]])": "Pivot tables: the value `offset` columns further left.",
    "After(expression[, offset[, count]])": "Pivot tables: the value `offset` columns further right.",
    "First(expression[, offset[, count]])": "Pivot tables: the value of the first column, or of a later one.",
    "Last(expression[, offset[, count]])": "Pivot tables: the value of the last column, or of an earlier one.",
    "ColumnNo()": "Pivot tables: the number of the column in the row segment.",
    "NoOfColumns()": "Pivot tables: how many columns the row segment has.",
    "SecondaryDimensionality()": "Pivot tables: how many dimensions at the top the cell has values of.",
}
_RANKING = {
    "Rank(expression[, mode[, format]])": "The place of the value in the column segment, the largest first.",
    "HRank(expression[, mode[, format]])": "Pivot tables: the place of the value among those of the row segment.",
}
_CLUSTERS = {
    "KMeans2D(clusters, x, y[, norm])": "The cluster to which the row belongs; of 0 clusters as many as fit.",
    "KMeansND(clusters, iterations, x, y[, ...])": "The number of the cluster to which the row belongs.",
    "KMeansCentroid2D(clusters, coordinate, x, y[, norm])": "A coordinate, from 0, of the middle of the row's cluster.",
    "KMeansCentroidND(clusters, iterations, coordinate, x, y[, ...])": "A coordinate of the middle of the cluster.",
}
_SERIES = {
    "STL_Trend(expression, period[, seasonal[, trend]])": "The trend of the series that the column segment is, in"
    " cycles of `period` rows; lines are fitted to so many rows for season and trend.",
    "STL_Seasonal(expression, period[, seasonal[, trend]])": "What recurs in each cycle of the series.",
    "STL_Residual(expression, period[, seasonal[, trend]])": "What is left of the series without trend and season.",
}
_ALL = {"inter-record": _ROWS, "ranking": _RANKING, "clustering": _CLUSTERS, "time series": _SERIES}

for _category, _functions in _ALL.items():
    for _signature, _help in _functions.items():
        add(_signature, _category, _help, kind="inter-record")
