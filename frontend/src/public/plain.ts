// Pictures of what ECharts does not draw: figures and tables, as SVG text. Every text is escaped.
import { COLOURS, type Mode } from "../charts/look";
import { FONT } from "./option";
import { pivoted, spans } from "./pivot";
import { colours } from "./plot";
import type { Row, Snapshot, View } from "./snapshot";

const LINE = 30;

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

interface Style {
  size: number;
  weight?: number;
  fill: string;
  anchor?: "start" | "middle" | "end";
}

export function textAt(x: number, y: number, text: string, { size, weight = 400, fill, anchor = "start" }: Style): string {
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}" font-family="${escaped(FONT)}">${escaped(text)}</text>`;
}

/** A text cut to what fits into so many pixels, by a usual width of letters. */
export function fitted(text: string, pixels: number, size: number): string {
  const most = Math.max(3, Math.floor(pixels / (size * 0.56)));
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join("")}…`;
}

export function framed(width: number, height: number, inside: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${inside}</svg>`;
}

export function figuresPicture(snapshot: Snapshot, view: View, mode: Mode, width: number, height: number): string {
  const ink = COLOURS[mode];
  const figures = view.rows[0]?.[1] ?? [];
  const step = height / Math.max(figures.length, 1);
  const size = Math.min(72, step * 0.42, width / 8);
  const parts = figures.map(([, text], place) => {
    const middle = step * (place + 0.5);
    const name = snapshot.measures[place]?.label ?? "";
    return textAt(width / 2, middle + size * 0.2, fitted(text || "–", width - 40, size), { size, weight: 600, fill: colours(mode)[0]!, anchor: "middle" }) + textAt(width / 2, middle + size * 0.2 + 30, fitted(name, width - 40, 16), { size: 16, fill: ink.soft, anchor: "middle" });
  });
  return framed(width, height, parts.join(""));
}

export function tablePicture(snapshot: Snapshot, view: View, rows: Row[], mode: Mode, width: number, height: number): string {
  const { names, sides, lines } = snapshot.kind === "pivot" ? crossedTable(snapshot, view, rows) : flatTable(snapshot, view, rows);
  const ink = COLOURS[mode];
  const step = (width - 16) / Math.max(names.length, 1);
  const cell = (column: number, line: number, text: string, weight: number, fill: string) => {
    const isNumber = column >= sides;
    const x = 8 + step * column + (isNumber ? step - 8 : 0);
    return textAt(x, LINE * line + 20, fitted(text, step - 16, 14), { size: 14, weight, fill, anchor: isNumber ? "end" : "start" });
  };
  const shown = lines.slice(0, Math.max(1, Math.floor(height / LINE) - 1));
  const head = names.map((name, column) => cell(column, 0, name, 600, ink.soft));
  const body = shown.flatMap((texts, line) => [
    `<path d="M8 ${LINE * (line + 1) - 2}H${width - 8}" stroke="${ink.faint}"/>`,
    ...texts.map((text, column) => cell(column, line + 1, text, 400, ink.text)),
  ]);
  return framed(width, height, [...head, ...body].join(""));
}

interface PlainTable {
  names: string[];
  /** How many of the columns are labels. */
  sides: number;
  lines: string[][];
}

function flatTable(snapshot: Snapshot, view: View, rows: Row[]): PlainTable {
  const dimensions = snapshot.levels[view.level]!.dimensions;
  return {
    names: [...dimensions, ...snapshot.measures.map(({ label }) => label)],
    sides: dimensions.length,
    lines: rows.map(([labels, figures]) => [...labels, ...figures.map(([, text]) => text)]),
  };
}

function crossedTable(snapshot: Snapshot, view: View, rows: Row[]): PlainTable {
  const { names, heads, lines } = pivoted(snapshot, view, rows);
  const begins = names.map((_, column) => spans(lines, column));
  return {
    names: [...names, ...heads.map(({ labels, measure }) => [labels, measure].filter(Boolean).join(" · "))],
    sides: names.length,
    lines: lines.map(({ labels, cells }, line) => [...labels.map((label, column) => (begins[column]![line] ? label : "")), ...cells]),
  };
}
