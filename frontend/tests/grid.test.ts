import { describe, expect, it } from "vitest";
import { COLUMNS, freePlace, inReadingOrder, nudge, overlap, rowsUsed, tidyCells, type Cell } from "../src/model/grid";

const cell = (name: string, x: number, y: number, w: number, h: number): Cell => ({ name, type: "barchart", x, y, w, h });

describe("a new chart", () => {
  it("stands at the top left of an empty sheet", () => {
    expect(freePlace([], { w: 12, h: 5 })).toEqual({ x: 0, y: 0, w: 12, h: 5 });
  });

  it("stands beside another one where there is room", () => {
    expect(freePlace([cell("a", 0, 0, 12, 5)], { w: 12, h: 5 })).toMatchObject({ x: 12, y: 0 });
  });

  it("goes below when no gap is wide enough", () => {
    expect(freePlace([cell("a", 0, 0, 16, 5)], { w: 12, h: 5 })).toMatchObject({ x: 0, y: 5 });
  });

  it("never overlaps what is there", () => {
    const cells: Cell[] = [];
    for (const [index, w] of [6, 9, 12, 4, 24, 5, 7].entries()) {
      const place = freePlace(cells, { w, h: 2 + (index % 3) });
      expect(cells.some((each) => overlap(each, place))).toBe(false);
      cells.push({ ...place, name: String(index), type: "kpi" });
    }
  });
});

describe("moving by keys", () => {
  const smallest = { w: 3, h: 2 };

  it("stops at the edges of the grid", () => {
    expect(nudge(cell("a", 0, 0, 6, 2), { x: -1 }, smallest)).toMatchObject({ x: 0 });
    expect(nudge(cell("a", 18, 0, 6, 2), { x: 1 }, smallest)).toMatchObject({ x: 18 });
    expect(nudge(cell("a", 18, 0, 6, 2), { w: 1 }, smallest)).toMatchObject({ x: 18, w: 6 });
  });

  it("keeps the smallest size of the kind", () => {
    expect(nudge(cell("a", 0, 0, 3, 2), { w: -1, h: -1 }, smallest)).toMatchObject({ w: 3, h: 2 });
  });
});

describe("cells of a sheet", () => {
  it("are read in rows, left to right", () => {
    const cells = [cell("low", 0, 4, 6, 2), cell("right", 6, 0, 6, 2), cell("left", 0, 0, 6, 2)];
    expect(inReadingOrder(cells).map(({ name }) => name)).toEqual(["left", "right", "low"]);
  });

  it("reach down to the last row used", () => {
    expect(rowsUsed([cell("a", 0, 3, 6, 4), cell("b", 6, 0, 6, 2)])).toBe(7);
  });

  it("made by another client with fewer columns are stretched, and held inside the grid", () => {
    const [read] = tidyCells([{ name: "x", type: "table", col: 6, row: 1, colspan: 12, rowspan: 4 }], 12);
    expect(read).toEqual({ name: "x", type: "table", x: 0, y: 1, w: COLUMNS, h: 4 });
  });

  it("that are no cells are passed over", () => {
    expect(tidyCells([null, 3, {}, { name: "x", type: "kpi", x: 0, y: 0, w: 4, h: 2 }], 24)).toHaveLength(1);
    expect(tidyCells(undefined, 24)).toEqual([]);
  });
});
