// Bars and lines over categories: bar, line and combo charts, bullets.
import { COLOURS } from "../charts/look";
import { legend, valueAxis } from "./axes";
import type { Series, Shown } from "./plot";

const MANY_BARS = 40;
/** Pixels that a category needs for a label that lies flat. */
const LEVEL_LABEL = 90;

export function bars(shown: Shown): object {
  const { snapshot, plot, mode } = shown;
  const { look, kind } = snapshot;
  const hasSecond = kind === "combo" && plot.series.some(({ measure }) => measure.axis === 1);
  const values = (hasSecond ? [0, 1] : [0]).map((axis) => valueAxis(shown, axis));
  const value = values.length > 1 ? values : values[0];
  const category = categoryAxis(shown);
  return {
    legend: legend(plot, mode),
    grid: { left: 8, right: 16, top: 16, bottom: plot.series.length > 1 ? 44 : 8, outerBoundsMode: "same", outerBoundsContain: "all" },
    xAxis: look.horizontal ? value : category,
    yAxis: look.horizontal ? category : value,
    series: plot.series.map((one) => seriesOf(shown, one, hasSecond)),
  };
}

function categoryAxis({ snapshot, view, plot, mode, width }: Shown): object {
  const { look, kind } = snapshot;
  const ink = COLOURS[mode];
  const slot = (width - 60) / Math.max(plot.categories.length, 1);
  const isTurned = !look.horizontal && slot < LEVEL_LABEL && plot.categories.some((name) => name.length * 6 > slot);
  return {
    type: "category",
    data: plot.categories,
    inverse: look.horizontal,
    boundaryGap: kind !== "line" || plot.categories.length < 3,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: ink.faint } },
    axisLabel: { color: ink.soft, fontSize: 11, hideOverlap: true, overflow: "truncate", rotate: isTurned ? 40 : 0, width: look.horizontal ? Math.min(160, width * 0.3) : isTurned ? 96 : Math.max(40, Math.min(140, slot - 6)) },
    name: width >= 600 && !look.horizontal && !isTurned ? snapshot.levels[view.level]!.dimensions[0] : undefined,
    nameLocation: "middle",
    nameGap: 30,
    nameTextStyle: { color: ink.soft, fontSize: 12 },
  };
}

function seriesOf({ snapshot, plot }: Shown, one: Series, hasSecond: boolean): object {
  const { kind, look } = snapshot;
  const data = one.figures.map((figure) => figure?.[0] ?? null);
  const shared = {
    name: one.name,
    data,
    yAxisIndex: hasSecond ? one.measure.axis : 0,
    emphasis: { focus: plot.series.length > 1 ? "series" : "self" },
  };
  if (kind === "line" || one.measure.drawn === "line") {
    const isDense = plot.categories.length > MANY_BARS;
    return { ...shared, type: "line", symbol: "circle", symbolSize: 6, showSymbol: !isDense, lineStyle: { width: 2 }, ...(look.area ? { areaStyle: { opacity: 0.25 } } : {}) };
  }
  if (one.measure.drawn === "target") {
    const points = look.horizontal ? data.map((value, at) => [value, at]) : data;
    return { ...shared, data: points, type: "scatter", symbol: "rect", symbolSize: look.horizontal ? [4, 44] : [44, 4], z: 3 };
  }
  return { ...shared, type: "bar", barMaxWidth: kind === "bullet" ? 36 : 64, barCategoryGap: "28%", itemStyle: { borderRadius: look.stacked ? 0 : 2 }, ...(look.stacked ? { stack: "all" } : {}) };
}
