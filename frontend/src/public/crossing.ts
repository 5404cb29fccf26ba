// Two or more dimensions crossed: grids of circles, mekkos, sankeys.
import { COLOURS } from "../charts/look";
import { legend, MARKS_ROOM, nameAxis } from "./axes";
import { merged } from "./merged";
import { colours, type Shown } from "./plot";
import { sized } from "./points";

/** A circle where both meet. What is not shown has no circle. */
export function crossed(shown: Shown): object {
  const { snapshot, view, rows, mode, width } = shown;
  const names = snapshot.levels[view.level]!.dimensions;
  const numbers = rows.map(([, figures]) => figures[0]?.[0] ?? null);
  const places = rows.map(([labels]) => [labels.slice(0, Math.max(labels.length - 1, 1)).join(", "), labels.length > 1 ? labels.at(-1)! : ""] as const);
  const across = [...new Set(places.map(([name]) => name))];
  const up = merged(across.map((column) => places.filter(([name]) => name === column).map(([, line]) => line)));
  const cell = Math.min((width - 120) / Math.max(across.length, 1), 300 / Math.max(up.length, 1));
  const diameters = sized(numbers, 2, Math.max(6, Math.min(56, cell * 0.86)));
  const palette = colours(mode);
  return {
    grid: MARKS_ROOM,
    xAxis: nameAxis(shown, across, names.slice(0, Math.max(names.length - 1, 1)).join(", "), 28),
    yAxis: { ...nameAxis(shown, up, names.length > 1 ? names.at(-1) : undefined, 60), inverse: true },
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

interface Painting {
  value(at: number): number;
  coord(point: number[]): [number, number];
}

/** Columns as wide as their sums, each made of shares. Negative parts have no room. */
export function mekko({ snapshot, plot, mode }: Shown): object {
  const ink = COLOURS[mode];
  const palette = colours(mode);
  const part = (series: number, at: number) => Math.max(plot.series[series]!.figures[at]?.[0] ?? 0, 0);
  const sums = plot.categories.map((_, at) => plot.series.reduce((sum, _series, place) => sum + part(place, at), 0));
  const all = sums.reduce((sum, one) => sum + one, 0) || 1;
  const starts = sums.map((_, at) => sums.slice(0, at).reduce((sum, one) => sum + one, 0) / all);
  const below = plot.categories.map(() => 0);
  const series = plot.series.map(({ name }, place) => {
    const data = plot.categories.map((_, at) => {
      const low = below[at]!;
      below[at] = low + (sums[at] ? part(place, at) / sums[at]! : 0);
      return [starts[at]!, starts[at]! + sums[at]! / all, low, below[at]!];
    });
    const renderItem = (_: unknown, api: Painting) => {
      const [left, top] = api.coord([api.value(0), api.value(3)]);
      const [right, bottom] = api.coord([api.value(1), api.value(2)]);
      return { type: "rect", shape: { x: left, y: top, width: right - left, height: bottom - top }, style: { fill: palette[place % palette.length], stroke: ink.surface, lineWidth: 1 }, emphasis: { style: { opacity: 0.8 } } };
    };
    return { type: "custom", name, data, encode: { x: [0, 1], y: [2, 3] }, renderItem };
  });
  const named = (_: unknown, api: Painting) => {
    const [left, y] = api.coord([api.value(0), 0]);
    const [right] = api.coord([api.value(1), 0]);
    const text = plot.categories[api.value(2)] ?? "";
    return { type: "text", x: (left + right) / 2, y: y + 8, style: { text, fill: ink.soft, fontSize: 11, align: "center", width: Math.max(right - left - 4, 0), overflow: "truncate", ellipsis: "…" } };
  };
  const names = { type: "custom", silent: true, data: starts.map((start, at) => [start, start + sums[at]! / all, at]), encode: { x: [0, 1] }, renderItem: named, tooltip: { show: false } };
  const percent = new Intl.NumberFormat(snapshot.language, { style: "percent" });
  return {
    legend: { ...legend(plot, mode), data: plot.series.map(({ name }) => name) },
    grid: { left: 8, right: 16, top: 16, bottom: 68, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: { type: "value", min: 0, max: 1, show: false },
    yAxis: { type: "value", min: 0, max: 1, splitLine: { lineStyle: { color: ink.faint } }, axisLabel: { color: ink.soft, fontSize: 11, formatter: (share: number) => percent.format(share) } },
    series: [...series, names],
  };
}

interface Link {
  source: string;
  target: string;
  value: number;
  rows: number[];
}

/** Bands from each dimension to the next one, as wide as what they have in common. Negative amounts do not flow. */
export function sankey({ snapshot, view, rows, mode, width }: Shown): object {
  const ink = COLOURS[mode];
  const palette = colours(mode);
  const dimensions = snapshot.levels[view.level]!.dimensions.length;
  const named = (depth: number, label: string) => `${depth} ${label}`;
  const nodes = new Map<string, { depth: number; label: string }>();
  const links = new Map<string, Link>();
  rows.forEach(([labels, figures], row) => {
    const value = figures[0]?.[0] ?? 0;
    if (value <= 0) return;
    labels.forEach((label, depth) => nodes.set(named(depth, label), { depth, label }));
    for (let depth = 1; depth < dimensions; depth++) {
      const [source, target] = [named(depth - 1, labels[depth - 1]!), named(depth, labels[depth]!)];
      const key = JSON.stringify([source, target]);
      const link = links.get(key) ?? { source, target, value: 0, rows: [] };
      links.set(key, { ...link, value: link.value + value, rows: [...link.rows, row] });
    }
  });
  const label = (name: string) => nodes.get(name)?.label ?? "";
  return {
    series: [
      {
        type: "sankey",
        left: 8,
        right: width < 600 ? 72 : 140,
        top: 12,
        bottom: 12,
        nodeGap: 8,
        nodeWidth: 14,
        layoutIterations: 32,
        draggable: false,
        data: [...nodes].map(([name, { depth, label: said }], at) => ({ name, depth, said, itemStyle: { color: palette[at % palette.length] } })),
        links: [...links.values()].map(({ rows: from, ...link }) => ({ ...link, rows: from, row: from.length === 1 ? from[0] : undefined, said: `${label(link.source)} → ${label(link.target)}` })),
        label: { color: ink.text, fontSize: 11, width: width < 600 ? 64 : 130, overflow: "truncate", formatter: ({ name }: { name: string }) => label(name) },
        lineStyle: { color: "source", opacity: mode === "dark" ? 0.35 : 0.25 },
        emphasis: { focus: "adjacency", lineStyle: { opacity: 0.6 } },
        blur: { itemStyle: { opacity: 0.5 }, lineStyle: { opacity: 0.1 }, label: { opacity: 0.7 } },
      },
    ],
  };
}
