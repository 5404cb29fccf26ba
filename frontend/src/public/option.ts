// A view of a snapshot as an ECharts option: one look for the page, the pictures and the embedded chart.
import { COLOURS, DARK_PRIMARY, PALETTE, type Mode } from "../charts/look";
import { merged } from "./merged";
import type { Figure, Measure, Row, Snapshot, View } from "./snapshot";

// Without quotation marks: it stands in attributes.
export const FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Noto Sans, Liberation Sans, Arial, sans-serif";
const MANY_BARS = 40;
/** Pixels that a category needs for a label that lies flat. */
const LEVEL_LABEL = 90;
/** Points of a scatter plot that are named in the picture; of more, each is told when it is pointed at. */
const NAMED_POINTS = 30;
const BUBBLE = { least: 6, most: 40 };

export interface Canvas {
  mode: Mode;
  width: number;
}

export interface Series {
  name: string;
  measure: Measure;
  figures: (Figure | null)[];
}

export interface Plot {
  categories: string[];
  series: Series[];
}

/** Whether each row is a slice of one whole figure. */
export function hasSlices({ kind }: Snapshot): boolean {
  return kind === "pie" || kind === "funnel";
}

/** Whether each row is a mark at a place of its own. */
export function hasPoints({ kind }: Snapshot): boolean {
  return kind === "scatter" || kind === "grid";
}

/** Rows as categories and series: a second dimension becomes series, else each measure is one. */
export function plotOf(snapshot: Snapshot, view: View, rows: Row[]): Plot {
  const dimensions = snapshot.levels[view.level]!.dimensions.length;
  if (dimensions < 2 || hasPoints(snapshot) || snapshot.kind === "funnel") {
    const figures = (place: number) => rows.map((row) => row[1][place] ?? null);
    return {
      categories: rows.map(([labels]) => labels.join(", ")),
      series: snapshot.measures.map((measure, place) => ({ name: measure.label, measure, figures: figures(place) })),
    };
  }
  const categories = [...new Set(rows.map(([labels]) => labels.slice(0, -1).join(", ")))];
  const place = new Map(categories.map((category, at) => [category, at]));
  const measure = snapshot.measures[0]!;
  const series = new Map<string, Series>();
  for (const [labels, figures] of rows) {
    const name = labels[labels.length - 1]!;
    const found = series.get(name) ?? { name, measure, figures: categories.map(() => null) };
    found.figures[place.get(labels.slice(0, -1).join(", "))!] = figures[0] ?? null;
    series.set(name, found);
  }
  return { categories, series: [...series.values()] };
}

export function colours(mode: Mode): string[] {
  return mode === "dark" ? [DARK_PRIMARY, ...PALETTE.slice(1)] : [...PALETTE];
}

export function optionFor(snapshot: Snapshot, view: View, rows: Row[], { mode, width }: Canvas): object {
  const plot = plotOf(snapshot, view, rows);
  const ink = COLOURS[mode];
  const base = {
    animation: false,
    color: colours(mode),
    backgroundColor: "transparent",
    textStyle: { fontFamily: FONT, fontSize: 12, color: ink.text },
  };
  if (snapshot.kind === "pie") return { ...base, ...pie(snapshot, plot, mode, width) };
  if (snapshot.kind === "funnel") return { ...base, ...funnel(plot, mode, width) };
  if (snapshot.kind === "scatter") return { ...base, ...scatter(snapshot, plot, mode, width) };
  if (snapshot.kind === "grid") return { ...base, ...crossed(snapshot, view, rows, mode, width) };
  return { ...base, ...cartesian(snapshot, view, plot, mode, width) };
}

function legend(plot: Plot, mode: Mode): object {
  const ink = COLOURS[mode];
  return {
    show: plot.series.length > 1,
    type: "scroll",
    bottom: 0,
    itemWidth: 14,
    itemHeight: 10,
    icon: "roundRect",
    textStyle: { color: ink.soft, fontSize: 12 },
    pageTextStyle: { color: ink.soft },
    pageIconColor: ink.soft,
    pageIconInactiveColor: ink.faint,
  };
}

function cartesian(snapshot: Snapshot, view: View, plot: Plot, mode: Mode, width: number): object {
  const { look, kind } = snapshot;
  const ink = COLOURS[mode];
  const isLine = kind === "line";
  const slot = (width - 60) / Math.max(plot.categories.length, 1);
  const isTurned = !look.horizontal && slot < LEVEL_LABEL && plot.categories.some((name) => name.length * 6 > slot);
  const category = {
    type: "category",
    data: plot.categories,
    inverse: look.horizontal,
    boundaryGap: !isLine || plot.categories.length < 3,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: ink.faint } },
    axisLabel: { color: ink.soft, fontSize: 11, hideOverlap: true, overflow: "truncate", rotate: isTurned ? 40 : 0, width: look.horizontal ? Math.min(160, width * 0.3) : isTurned ? 96 : Math.max(40, Math.min(140, slot - 6)) },
    name: width >= 600 && !look.horizontal && !isTurned ? snapshot.levels[view.level]!.dimensions[0] : undefined,
    nameLocation: "middle",
    nameGap: 30,
    nameTextStyle: { color: ink.soft, fontSize: 12 },
  };
  const hasSecond = kind === "combo" && plot.series.some(({ measure }) => measure.axis === 1);
  const values = (hasSecond ? [0, 1] : [0]).map((axis) => valueAxis(snapshot, mode, width, axis, plot));
  const value = values.length > 1 ? values : values[0];
  return {
    legend: legend(plot, mode),
    grid: { left: 8, right: 16, top: 16, bottom: plot.series.length > 1 ? 44 : 8, outerBoundsMode: "same", outerBoundsContain: "all" },
    xAxis: look.horizontal ? value : category,
    yAxis: look.horizontal ? category : value,
    series: plot.series.map((one) => seriesOf(snapshot, one, plot, hasSecond)),
  };
}

function valueAxis(snapshot: Snapshot, mode: Mode, width: number, axis: number, plot: Plot): object {
  const ink = COLOURS[mode];
  const of = plot.series.filter(({ measure }) => measure.axis === axis || plot.series.length === 1);
  const isPercent = of.length > 0 && of.every(({ measure }) => measure.percent);
  const format = new Intl.NumberFormat(snapshot.language, isPercent ? { style: "percent", maximumFractionDigits: 1 } : { notation: "compact", maximumFractionDigits: 2 });
  return {
    type: "value",
    scale: snapshot.kind === "line" && !snapshot.look.area,
    splitLine: { show: axis === 0, lineStyle: { color: ink.faint } },
    axisLabel: { color: ink.soft, fontSize: 11, hideOverlap: true, formatter: (value: number) => format.format(value) },
    splitNumber: width < 600 ? 4 : 5,
  };
}

function seriesOf(snapshot: Snapshot, one: Series, plot: Plot, hasSecond: boolean): object {
  const isLine = snapshot.kind === "line" || one.measure.drawn === "line";
  const shared = {
    name: one.name,
    data: one.figures.map((figure) => figure?.[0] ?? null),
    yAxisIndex: hasSecond ? one.measure.axis : 0,
    emphasis: { focus: plot.series.length > 1 ? "series" : "self" },
  };
  if (isLine) {
    const isDense = plot.categories.length > MANY_BARS;
    return { ...shared, type: "line", symbol: "circle", symbolSize: 6, showSymbol: !isDense, lineStyle: { width: 2 }, ...(snapshot.look.area ? { areaStyle: { opacity: 0.25 } } : {}) };
  }
  return { ...shared, type: "bar", barMaxWidth: 64, barCategoryGap: "28%", itemStyle: { borderRadius: snapshot.look.stacked ? 0 : 2 }, ...(snapshot.look.stacked ? { stack: "all" } : {}) };
}

function pie(snapshot: Snapshot, plot: Plot, mode: Mode, width: number): object {
  const radius = [snapshot.look.donut ? "44%" : 0, width < 600 ? "62%" : "70%"];
  return parted(plot, mode, width, { type: "pie", radius, center: ["50%", "44%"] });
}

function funnel(plot: Plot, mode: Mode, width: number): object {
  const sides = width < 600 ? { left: "4%", width: "92%" } : { left: "12%", width: "56%" };
  return parted(plot, mode, width, { type: "funnel", sort: "none", ...sides, top: 12, bottom: 52, gap: 2, min: 0, minSize: "0%" }, { position: "right" });
}

/** One measure in parts, each with its name; on narrow pages the legend has the names. Negative parts have no room. */
function parted(plot: Plot, mode: Mode, width: number, shape: object, label: object = {}): object {
  const ink = COLOURS[mode];
  const figures = plot.series[0]?.figures ?? [];
  const isNarrow = width < 600;
  return {
    legend: { ...legend(plot, mode), show: plot.categories.length > 1 },
    series: [
      {
        ...shape,
        name: plot.series[0]?.name ?? "",
        data: plot.categories.map((name, place) => ({ name, value: Math.max(figures[place]?.[0] ?? 0, 0) })),
        label: { show: !isNarrow, color: ink.text, fontSize: 12, width: 150, overflow: "truncate", ...label },
        labelLine: { show: !isNarrow, lineStyle: { color: ink.faint } },
        itemStyle: { borderColor: ink.surface, borderWidth: 1 },
        emphasis: { focus: "self" },
      },
    ],
  };
}

/** The room that marks are in, with the names of both axes outside of it. */
const POINTS_ROOM = { left: 28, right: 24, top: 20, bottom: 28, outerBoundsMode: "same", outerBoundsContain: "all" };

/** Diameters by area: twice the number is twice the ink. */
function sized(numbers: (number | null)[], least: number, most: number): number[] {
  const greatest = Math.max(...numbers.map((number) => Math.abs(number ?? 0)), 0);
  return numbers.map((number) => (number === null ? 0 : Math.max(least, most * Math.sqrt(greatest && Math.abs(number) / greatest))));
}

function scatter(snapshot: Snapshot, plot: Plot, mode: Mode, width: number): object {
  const ink = COLOURS[mode];
  const [across, up, size] = plot.series;
  const number = (one: Series | undefined, at: number) => one?.figures[at]?.[0] ?? null;
  const diameters = size ? sized(size.figures.map((figure) => figure?.[0] ?? null), BUBBLE.least, BUBBLE.most) : plot.categories.map(() => 11);
  const axis = (one: Series, gap: number) => ({
    ...valueAxis(snapshot, mode, width, 0, { categories: plot.categories, series: [one] }),
    scale: true,
    axisLine: { show: true, lineStyle: { color: ink.faint } },
    axisTick: { show: false },
    name: one.name,
    nameLocation: "middle",
    nameGap: gap,
    nameTextStyle: { color: ink.soft, fontSize: 12, width: 240, overflow: "truncate" },
  });
  return {
    grid: POINTS_ROOM,
    xAxis: axis(across!, 28),
    yAxis: axis(up!, 44),
    series: [
      {
        type: "scatter",
        data: plot.categories.map((_, at) => ({ value: [number(across, at), number(up, at)], symbolSize: diameters[at] })),
        itemStyle: { opacity: 0.75, borderColor: ink.surface, borderWidth: 1 },
        label: { show: width >= 600 && plot.categories.length <= NAMED_POINTS, position: "right", color: ink.soft, fontSize: 11, width: 120, overflow: "truncate", formatter: ({ dataIndex }: { dataIndex: number }) => plot.categories[dataIndex] ?? "" },
        labelLayout: { hideOverlap: true },
        emphasis: { focus: "self" },
      },
    ],
  };
}

/** Two dimensions crossed: a circle where both meet. What is not shown has no circle. */
function crossed(snapshot: Snapshot, view: View, rows: Row[], mode: Mode, width: number): object {
  const ink = COLOURS[mode];
  const names = snapshot.levels[view.level]!.dimensions;
  const numbers = rows.map(([, figures]) => figures[0]?.[0] ?? null);
  const places = rows.map(([labels]) => [labels.slice(0, Math.max(labels.length - 1, 1)).join(", "), labels.length > 1 ? labels.at(-1)! : ""] as const);
  const across = [...new Set(places.map(([name]) => name))];
  const up = merged(across.map((column) => places.filter(([name]) => name === column).map(([, line]) => line)));
  const cell = Math.min((width - 120) / Math.max(across.length, 1), 300 / Math.max(up.length, 1));
  const diameters = sized(numbers, 2, Math.max(6, Math.min(56, cell * 0.86)));
  const palette = colours(mode);
  const axis = (data: string[], name: string | undefined, gap: number) => ({
    type: "category",
    data,
    name: width >= 600 ? name : undefined,
    nameLocation: "middle",
    nameGap: gap,
    nameTextStyle: { color: ink.soft, fontSize: 12 },
    axisTick: { show: false },
    axisLine: { lineStyle: { color: ink.faint } },
    splitLine: { show: true, lineStyle: { color: ink.faint } },
    axisLabel: { color: ink.soft, fontSize: 11, hideOverlap: true, overflow: "truncate", width: Math.min(120, width * 0.22) },
  });
  return {
    grid: POINTS_ROOM,
    xAxis: axis(across, names.slice(0, Math.max(names.length - 1, 1)).join(", "), 28),
    yAxis: { ...axis(up, names.length > 1 ? names.at(-1) : undefined, 60), inverse: true },
    series: [
      {
        type: "scatter",
        data: places.map(([column, line], at) => ({ value: [across.indexOf(column), up.indexOf(line)], symbolSize: diameters[at], itemStyle: { color: (numbers[at] ?? 0) < 0 ? palette[3] : palette[0] } })),
        itemStyle: { opacity: 0.85 },
        emphasis: { focus: "self" },
      },
    ],
  };
}
