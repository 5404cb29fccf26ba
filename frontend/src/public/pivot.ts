// A pivot table: rows of a view with some of their dimensions across the top.
import { merged } from "./merged";
import type { Row, Snapshot, View } from "./snapshot";

export interface Crossed {
  /** Names of the dimensions down the side, and above each column what it is of: labels, and the measure. */
  names: string[];
  heads: { labels: string; measure: string }[];
  lines: { labels: string[]; cells: string[] }[];
}

/** How many dimensions stand down the side; all of them, unless the chart says otherwise. */
function sideOf({ look }: Snapshot, dimensions: number): number {
  return look.left >= 0 ? Math.min(look.left, dimensions) : dimensions;
}

/** The view crossed. Where nothing is shown, the cell is empty. */
export function pivoted(snapshot: Snapshot, view: View, rows: Row[]): Crossed {
  const dimensions = snapshot.levels[view.level]!.dimensions;
  const side = sideOf(snapshot, dimensions.length);
  const across = (labels: string[]) => labels.slice(side).join(", ");
  const lines = new Map<string, { labels: string[]; cells: Map<string, Row[1]> }>();
  for (const [labels, figures] of rows) {
    const key = JSON.stringify(labels.slice(0, side));
    const line = lines.get(key) ?? { labels: labels.slice(0, side), cells: new Map() };
    lines.set(key, { ...line, cells: line.cells.set(across(labels), figures) });
  }
  const columns = merged([...lines.values()].map(({ cells }) => [...cells.keys()]));
  return {
    names: dimensions.slice(0, side),
    heads: columns.flatMap((labels) => snapshot.measures.map(({ label }) => ({ labels, measure: label }))),
    lines: [...lines.values()].map(({ labels, cells }) => ({ labels, cells: columns.flatMap((column) => snapshot.measures.map((_, at) => cells.get(column)?.[at]?.[1] ?? "")) })),
  };
}

/** How many lines, from each one on, share its labels up to a column; 0 where the line above began that. */
export function spans(lines: { labels: string[] }[], column: number): number[] {
  const same = (one: number, other: number) => lines[one]!.labels.slice(0, column + 1).join("\u0000") === lines[other]!.labels.slice(0, column + 1).join("\u0000");
  return lines.map((_, at) => {
    if (at > 0 && same(at, at - 1)) return 0;
    let end = at + 1;
    while (end < lines.length && same(end, at)) end++;
    return end - at;
  });
}
