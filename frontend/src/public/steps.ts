// Bars that have places of their own: steps that add up, and bins as wide as they are.
import { COLOURS } from "../charts/look";
import { MARKS_ROOM, nameAxis, numberAxis, valueAxis } from "./axes";
import { bars } from "./bars";
import { colours, type Shown } from "./plot";

interface Step {
  start: number;
  end: number;
  color: string;
  text: string;
}

export function waterfall(shown: Shown): object {
  const { snapshot, view, plot, mode } = shown;
  const ink = COLOURS[mode];
  const steps = stepsOf(shown);
  return {
    grid: MARKS_ROOM,
    xAxis: { ...nameAxis(shown, plot.categories, snapshot.levels[view.level]!.dimensions[0], 28), splitLine: { show: false } },
    yAxis: valueAxis({ ...shown, plot: { ...plot, series: plot.series.slice(0, 1) } }),
    series: [
      {
        type: "custom",
        data: steps.map(({ start, end }, at) => [at, start, end]),
        encode: { x: 0, y: [1, 2] },
        renderItem: (_: unknown, api: { value(at: number): number; coord(point: number[]): [number, number]; size(span: number[]): number[] }) => {
          const at = api.value(0);
          const step = steps[at]!;
          const [middle, start] = api.coord([at, step.start]);
          const [, end] = api.coord([at, step.end]);
          const slot = api.size([1, 0])[0]!;
          const wide = Math.min(64, slot * 0.72);
          const bar = {
            type: "rect",
            shape: { x: middle - wide / 2, y: Math.min(start, end), width: wide, height: Math.max(Math.abs(end - start), 1), r: 2 },
            style: { fill: step.color },
            emphasis: { style: { opacity: 0.8 } },
            textConfig: { position: step.end < step.start ? "bottom" : "top", distance: 4 },
            textContent: { style: { text: step.text, fill: ink.text, fontSize: 11, width: slot, overflow: "truncate" } },
          };
          const line = { type: "line", silent: true, shape: { x1: middle + wide / 2, y1: end, x2: middle + slot - wide / 2, y2: end }, style: { stroke: ink.soft, lineWidth: 1 } };
          return { type: "group", children: at < steps.length - 1 ? [bar, line] : [bar] };
        },
      },
    ],
  };
}

/** Where each step begins and ends. Measures say how they count; rows of a dimension are added up. */
function stepsOf({ snapshot, view, plot, mode }: Shown): Step[] {
  const palette = colours(mode);
  const isMeasured = snapshot.levels[view.level]!.dimensions.length === 0;
  let level = 0;
  return plot.categories.map((_, at) => {
    const [number, text] = plot.series[0]!.figures[at] ?? [null, ""];
    const how = isMeasured ? snapshot.measures[at]!.drawn : "plus";
    const start = how === "total" ? 0 : level;
    level = how === "total" ? (number ?? level) : level + (how === "minus" ? -1 : 1) * (number ?? 0);
    return { start, end: level, text, color: how === "total" ? COLOURS[mode].soft : level < start ? palette[3]! : palette[0]! };
  });
}

/** Bins along an axis of numbers. Levels of something else than bins are bars. */
export function histogram(shown: Shown): object {
  const { snapshot, view, plot, mode, width } = shown;
  const edges = plot.categories.map((name) => name.split(" – ").map(Number));
  if (edges.some((limits) => limits.length !== 2 || limits.some(Number.isNaN))) return bars(shown);
  const all = edges.flat();
  const fill = colours(mode)[0]!;
  return {
    grid: MARKS_ROOM,
    xAxis: {
      ...numberAxis(shown, width >= 600 ? snapshot.levels[view.level]!.dimensions[0]! : "", 28),
      min: Math.min(...all),
      max: Math.max(...all),
      splitLine: { show: false },
    },
    yAxis: valueAxis(shown),
    series: [
      {
        type: "custom",
        name: plot.series[0]!.name,
        data: edges.map(([low, high], at) => [low, high, plot.series[0]!.figures[at]?.[0] ?? 0]),
        encode: { x: [0, 1], y: 2 },
        renderItem: (_: unknown, api: { value(at: number): number; coord(point: number[]): [number, number] }) => {
          const [left, top] = api.coord([api.value(0), api.value(2)]);
          const [right, bottom] = api.coord([api.value(1), 0]);
          const gap = right - left > 6 ? 1 : 0;
          return { type: "rect", shape: { x: left + gap, y: top, width: right - left - 2 * gap, height: bottom - top }, style: { fill }, emphasis: { style: { opacity: 0.8 } } };
        },
      },
    ],
  };
}
