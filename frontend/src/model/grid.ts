// Where charts stand on a sheet: a grid of 24 columns, rows of equal height. Pure functions on cells.

export const COLUMNS = 24;
/** A sheet of this many rows fills the window; a longer one scrolls. */
export const ROWS_IN_VIEW = 12;

export interface Cell {
  name: string;
  type: string;
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Size {
  w: number;
  h: number;
}

export interface Place extends Size {
  x: number;
  y: number;
}

export function overlap(one: Place, other: Place): boolean {
  return one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;
}

export function rowsUsed(cells: readonly Place[]): number {
  return cells.reduce((rows, cell) => Math.max(rows, cell.y + cell.h), 0);
}

/** The first free place for a chart of this size, row by row from the top left. */
export function freePlace(cells: readonly Place[], size: Size): Place {
  const w = Math.min(size.w, COLUMNS);
  for (let y = 0; y <= rowsUsed(cells); y++) {
    for (let x = 0; x + w <= COLUMNS; x++) {
      const place = { x, y, w, h: size.h };
      if (!cells.some((cell) => overlap(cell, place))) return place;
    }
  }
  return { x: 0, y: rowsUsed(cells), w, h: size.h };
}

/** The cell moved or resized by whole steps, held inside the grid. */
export function nudge(cell: Cell, by: Partial<Place>, smallest: Size): Cell {
  const w = clamp(cell.w + (by.w ?? 0), smallest.w, COLUMNS - cell.x);
  const h = Math.max(smallest.h, cell.h + (by.h ?? 0));
  return { ...cell, w, h, x: clamp(cell.x + (by.x ?? 0), 0, COLUMNS - w), y: Math.max(0, cell.y + (by.y ?? 0)) };
}

/** Reading order: what stands higher comes first, then what stands further left. */
export function inReadingOrder(cells: readonly Cell[]): Cell[] {
  return [...cells].sort((one, other) => one.y - other.y || one.x - other.x);
}

/** Cells as a sheet of another client may carry them, made fit for our grid. */
export function tidyCells(found: unknown, columns: unknown): Cell[] {
  if (!Array.isArray(found)) return [];
  const scale = typeof columns === "number" && columns > 0 ? COLUMNS / columns : 1;
  return found
    .filter((cell): cell is Record<string, unknown> => typeof cell === "object" && cell !== null && "name" in cell)
    .map((cell) => {
      const number = (...keys: string[]) => Number(keys.map((key) => cell[key]).find((value) => value !== undefined) ?? 0);
      const w = clamp(Math.round(number("w", "colspan") * scale), 1, COLUMNS);
      return {
        name: String(cell["name"]),
        type: String(cell["type"] ?? ""),
        w,
        h: Math.max(1, Math.round(number("h", "rowspan"))),
        x: clamp(Math.round(number("x", "col") * scale), 0, COLUMNS - w),
        y: Math.max(0, Math.round(number("y", "row"))),
      };
    });
}

export function sameCells(one: readonly Cell[], other: readonly Cell[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(least, most));
}
