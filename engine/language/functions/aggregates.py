"""The aggregation functions, which the planner computes. Here they are only named; a set, DISTINCT and TOTAL may
stand before the argument of each."""

from __future__ import annotations

from engine.language.registry import add

_BASIC = {
    "Sum(expression)": "The sum of the numbers; 0 when there are none.",
    "Count(expression)": "How many values are not NULL.",
    "Avg(expression)": "The mean of the numbers.",
    "Min(expression[, rank])": "The smallest number, or the rank-th smallest of the different ones.",
    "Max(expression[, rank])": "The largest number, or the rank-th largest of the different ones.",
    "Only(expression)": "The value, if there is exactly one possible value, else NULL.",
    "Mode(expression)": "The value that occurs most often; NULL if several do.",
    "FirstSortedValue(value, weight[, rank])": "The value with the lowest weight, or the rank-th lowest.",
}
_TEXTS = {
    "Concat(text[, delimiter[, weight]])": "All texts in one, in alphabetical order or by weight.",
    "JsonArray(value[, weight])": "The values as a JSON array, as they were loaded or by weight.",
    "MinString(expression)": "The value whose text is first in alphabetical order.",
    "MaxString(expression)": "The value whose text is last in alphabetical order.",
}
_GEOMETRIES = {
    "GeoAggrGeometry(geometry)": "All areas in one, without the borders between them; all lines, or all points.",
    "GeoBoundingBox(geometry)": "The left, right, top and bottom of all geometries, as JSON.",
}
_COUNTERS = {
    "NumericCount(expression)": "How many values are numbers.",
    "TextCount(expression)": "How many values are texts without a number.",
    "NullCount(expression)": "How many values are NULL.",
    "MissingCount(expression)": "How many values are no numbers.",
}
_STATISTICS = {
    "Median(expression)": "The median of the numbers.",
    "Fractile(expression, fractile)": "The fractile (0 to 1) of the numbers, both ends included.",
    "FractileExc(expression, fractile)": "The fractile of the numbers, both ends excluded.",
    "Stdev(expression)": "The standard deviation of the numbers, as of a sample.",
    "Sterr(expression)": "The standard error of the mean of the numbers.",
    "Skew(expression)": "The skewness of the numbers, as of a sample.",
    "Kurtosis(expression)": "The kurtosis of the numbers, as of a sample.",
    "Correl(x, y)": "The correlation of pairs of numbers.",
    "STEYX(y, x)": "The standard error of the y that the regression line predicts for each x.",
}
_LINES = {
    "M": "The slope",
    "B": "The intercept with the y axis",
    "R2": "The coefficient of determination",
    "DF": "The degrees of freedom",
    "F": "The F statistic",
    "SEB": "The standard error of the intercept",
    "SEM": "The standard error of the slope",
    "SEY": "The standard error of the predicted y",
    "SSREG": "The sum of squares that is explained",
    "SSRESID": "The sum of squares that is not explained",
}
_MONEY = {
    "IRR(payment[, guess])": "The rate of interest at which payments at even intervals are worth nothing.",
    "NPV(rate, payment)": "The present value of payments at even intervals, the first after one of them.",
    "XIRR(payment, date[, guess])": "The yearly rate of interest at which dated payments are worth nothing.",
    "XNPV(rate, payment, date)": "The value of dated payments on the day of the first.",
}
_FIGURES = {
    "t": "The t statistic",
    "z": "The z statistic",
    "df": "The degrees of freedom",
    "sig": "The two-tailed level of significance",
    "dif": "The difference of means",
    "sterr": "The standard error of the difference",
    "conf": "Half the width of the confidence interval",
    "lower": "The lower end of the confidence interval",
    "upper": "The upper end of the confidence interval",
}
_INTERVALS = ("conf", "lower", "upper")


def _add_all(category: str, functions: dict[str, str]) -> None:
    for signature, help in functions.items():
        add(signature, category, help, kind="aggregate")


def _tests() -> dict[str, str]:
    found = {
        f"Chi2Test_{name}(column, row, actual[, expected])": f"{text} of a chi-square test of a table of numbers."
        for name, text in {"chi2": "The statistic", "df": _FIGURES["df"], "p": "The significance"}.items()
    }
    for weight, first in (("", ""), ("w", "weight, ")):
        weighted = ", each value counted by its weight" if weight else ""
        for name, text in _FIGURES.items():
            significance = "[, sig]" if name in _INTERVALS else ""
            if name != "z":
                of_two = "[, sig[, equal_variance]]" if significance else "[, equal_variance]"
                two = f"TTest{weight}_{name}({first}group, value{of_two})"
                found[two] = f"{text} of a t test of two groups{weighted}."
                one = f"TTest1{weight}_{name}({first}value{significance})"
                found[one] = f"{text} of a t test of one list against 0{weighted}."
            if name not in ("t", "df"):
                sigma = "[, sigma[, sig]]" if significance else "[, sigma]"
                z = f"ZTest{weight}_{name}({first}value{sigma})"
                found[z] = f"{text} of a z test of one list against 0{weighted}."
    return found


_add_all("aggregation", _BASIC)
_add_all("string aggregation", _TEXTS)
_add_all("counter aggregation", _COUNTERS)
_add_all("statistical aggregation", _STATISTICS)
_add_all(
    "statistical aggregation",
    {f"LINEST_{name}(y, x[, y0[, x0]])": f"{text} of the regression line." for name, text in _LINES.items()},
)
_add_all("statistical test", _tests())
_add_all("financial aggregation", _MONEY)
_add_all("geo", _GEOMETRIES)
