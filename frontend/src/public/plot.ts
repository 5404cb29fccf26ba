// Rows of a view as they are drawn: categories, and series of figures over them.
import { DARK_PRIMARY, PALETTE, type Mode } from "../charts/look";
import type { Figure, Kind, Measure, Row, Snapshot, View } from "./snapshot";

export interface Canvas {
  mode: Mode;
  width: number;
}

/** A view on its way to a picture. */
export interface Shown extends Canvas {
  snapshot: Snapshot;
  view: View;
  rows: Row[];
  plot: Plot;
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

/** Kinds that cross two dimensions; by one alone they are bars. */
const CROSSING = new Set<Kind>(["mekko", "sankey"]);
/** Kinds in which every row is a mark of its own: nothing is turned off by a legend. */
const MARKED = new Set<Kind>(["scatter", "grid", "sankey", "waterfall", "histogram", "box", "distribution"]);

/** As what a view is drawn: its level may have too few dimensions for the chart's own kind. */
export function drawnKind({ kind, levels }: Snapshot, view: View): Kind {
  return CROSSING.has(kind) && levels[view.level]!.dimensions.length < 2 ? "bar" : kind;
}

/** Whether each row is a slice of one whole figure. */
export function hasSlices(kind: Kind): boolean {
  return kind === "pie" || kind === "funnel";
}

/** Whether each row is a mark at a place of its own. */
export function hasMarks(kind: Kind): boolean {
  return MARKED.has(kind);
}

export function joined(labels: string[]): string {
  return labels.filter(Boolean).join(", ");
}

/** Rows as categories and series: a second dimension becomes series, else each measure is one. */
export function plotOf(snapshot: Snapshot, view: View, rows: Row[]): Plot {
  const kind = drawnKind(snapshot, view);
  const dimensions = snapshot.levels[view.level]!.dimensions.length;
  if (dimensions === 0 && (kind === "waterfall" || kind === "bullet")) return measured(snapshot, rows);
  if (dimensions < 2 || hasMarks(kind) || kind === "funnel") {
    const figures = (place: number) => rows.map((row) => row[1][place] ?? null);
    return {
      categories: rows.map(([labels]) => joined(labels)),
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

/** The one row of a view without dimensions, its measures as categories; a target belongs to the measure before it. */
function measured({ measures }: Snapshot, rows: Row[]): Plot {
  const figures = rows[0]?.[1] ?? [];
  const places = measures.flatMap(({ drawn }, place) => (drawn === "target" ? [] : [place]));
  const targets = places.map((place) => (measures[place + 1]?.drawn === "target" ? place + 1 : -1));
  const target = measures.find(({ drawn }) => drawn === "target");
  const series = [{ name: "", measure: measures[0]!, figures: places.map((place) => figures[place] ?? null) }];
  if (target) series.push({ name: target.label, measure: target, figures: targets.map((place) => figures[place] ?? null) });
  return { categories: places.map((place) => measures[place]!.label), series };
}

export function colours(mode: Mode): string[] {
  return mode === "dark" ? [DARK_PRIMARY, ...PALETTE.slice(1)] : [...PALETTE];
}
