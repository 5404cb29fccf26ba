// Marks along axes of numbers: scatter plots, distributions, boxes.
import { COLOURS } from "../charts/look";
import { MARKS_ROOM, nameAxis, numberAxis } from "./axes";
import { colours, type Series, type Shown } from "./plot";
import type { Row } from "./snapshot";

/** Points of a scatter plot that are named in the picture; of more, each is told when it is pointed at. */
const NAMED_POINTS = 30;
const BUBBLE = { least: 6, most: 40 };

/** Diameters by area: twice the number is twice the ink. */
export function sized(numbers: (number | null)[], least: number, most: number): number[] {
  const greatest = Math.max(...numbers.map((number) => Math.abs(number ?? 0)), 0);
  return numbers.map((number) => (number === null ? 0 : Math.max(least, most * Math.sqrt(greatest && Math.abs(number) / greatest))));
}

export function scatter(shown: Shown): object {
  const { plot, mode, width } = shown;
  const ink = COLOURS[mode];
  const [across, up, size] = plot.series;
  const number = (one: Series | undefined, at: number) => one?.figures[at]?.[0] ?? null;
  const diameters = size ? sized(size.figures.map((figure) => figure?.[0] ?? null), BUBBLE.least, BUBBLE.most) : plot.categories.map(() => 11);
  const axis = (one: Series, gap: number) => numberAxis({ ...shown, plot: { ...plot, series: [one] } }, one.name, gap);
  return {
    grid: MARKS_ROOM,
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

interface Mark {
  row: number;
  /** The strip that it stands in, and its number. */
  at: number;
  number: number;
}

/** Every point on the strip of its last dimensions, with the range of the strip behind it. */
export function distribution(shown: Shown): object {
  const { rows, mode } = shown;
  const strips = stripsOf(rows, (labels) => labels.slice(1));
  const marks = rows.flatMap(([labels, figures], row): Mark[] => {
    const number = figures[0]?.[0] ?? null;
    return number === null ? [] : [{ row, at: strips.indexOf(labels.slice(1).join(", ")), number }];
  });
  const ranges = strips.map((_, at) => marks.filter((mark) => mark.at === at).map(({ number }) => number));
  const isAcross = shown.snapshot.look.horizontal;
  const range = { type: "custom", silent: true, data: ranges.map((numbers, at) => [at, Math.min(...numbers), Math.max(...numbers)]), encode: isAcross ? { x: [1, 2], y: 0 } : { x: 0, y: [1, 2] }, renderItem: rangeOf(isAcross, COLOURS[mode].faint), z: 1 };
  return stripped(shown, strips, [range, dots(marks, isAcross, colours(mode)[0]!, COLOURS[mode].surface)]);
}

/** A box for each row that has the numbers of one; the other rows are points outside of it. */
export function boxes(shown: Shown): object {
  const { rows, mode } = shown;
  const ink = COLOURS[mode];
  const isAcross = shown.snapshot.look.horizontal;
  const strips = stripsOf(rows, (labels) => labels.slice(0, -1));
  const drawn = rows.map(([labels, figures], row) => ({ row, at: strips.indexOf(labels.slice(0, -1).join(", ")), numbers: figures.map(([number]) => number) }));
  const isBox = ({ numbers }: { numbers: (number | null)[] }) => numbers[0] !== null;
  const marks = drawn.filter((one) => !isBox(one)).map(({ row, at, numbers }) => ({ row, at, number: numbers[numbers.length - 1]! }));
  const box = {
    type: "boxplot",
    layout: isAcross ? "horizontal" : "vertical",
    data: drawn.filter(isBox).map(({ row, numbers }) => ({ row, value: numbers.slice(0, 5) })),
    boxWidth: [8, 48],
    itemStyle: { color: ink.faint, borderColor: ink.text, borderWidth: 1.5 },
  };
  return stripped(shown, strips, [box, dots(marks, isAcross, colours(mode)[0]!, ink.surface)]);
}

function stripsOf(rows: Row[], of: (labels: string[]) => string[]): string[] {
  return [...new Set(rows.map(([labels]) => of(labels).join(", ")))];
}

function dots(marks: Mark[], isAcross: boolean, color: string, borderColor: string): object {
  return {
    type: "scatter",
    symbolSize: 9,
    data: marks.map(({ row, at, number }) => ({ row, value: isAcross ? [number, at] : [at, number] })),
    itemStyle: { color, opacity: 0.7, borderColor, borderWidth: 1 },
    emphasis: { scale: 1.6 },
    z: 3,
  };
}

function stripped(shown: Shown, strips: string[], series: object[]): object {
  const { snapshot, view, plot } = shown;
  const isAcross = snapshot.look.horizontal;
  const dimensions = snapshot.levels[view.level]!.dimensions;
  const strip = (snapshot.kind === "box" ? dimensions.slice(0, -1) : dimensions.slice(1)).join(", ");
  const last = plot.series[plot.series.length - 1]!;
  const names = { ...nameAxis(shown, strips, strip || undefined, isAcross ? 60 : 28), splitLine: { show: false }, inverse: isAcross };
  const numbers = numberAxis({ ...shown, plot: { ...plot, series: [last] } }, last.name, isAcross ? 28 : 44);
  return { grid: MARKS_ROOM, xAxis: isAcross ? numbers : names, yAxis: isAcross ? names : numbers, series };
}

/** Draws a band from one number to another across the middle of a strip. */
function rangeOf(isAcross: boolean, fill: string): unknown {
  return (_: unknown, api: { value(at: number): number; coord(point: number[]): number[]; size(span: number[]): number[] }) => {
    const [at, low, high] = [api.value(0), api.value(1), api.value(2)];
    const [start, end] = [low, high].map((number) => api.coord(isAcross ? [number, at] : [at, number])) as [number[], number[]];
    const thick = Math.min(40, (isAcross ? api.size([0, 1])[1]! : api.size([1, 0])[0]!) * 0.6);
    const shape = isAcross ? { x: start[0]!, y: start[1]! - thick / 2, width: end[0]! - start[0]!, height: thick } : { x: start[0]! - thick / 2, y: end[1]!, width: thick, height: start[1]! - end[1]! };
    return { type: "rect", shape: { ...shape, r: 3 }, style: { fill } };
  };
}
