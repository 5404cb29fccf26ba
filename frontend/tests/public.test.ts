import { describe, expect, it } from "vitest";
import { itemsOf, marksOf } from "../src/public/marks";
import { optionFor } from "../src/public/option";
import { pivoted, spans } from "../src/public/pivot";
import { drawnKind, plotOf } from "../src/public/plot";
import type { Kind, Measure, Row, Snapshot, View } from "../src/public/snapshot";

const measure = (label: string, drawn: Measure["drawn"] = ""): Measure => ({ label, drawn, axis: 0, percent: false });
const row = (labels: string[], ...numbers: (number | null)[]): Row => [labels, numbers.map((number) => [number, number === null ? "" : `${number}!`])];

function shown(kind: Kind, dimensions: string[], measures: Measure[], rows: Row[], left = -1): [Snapshot, View] {
  const view: View = { level: 0, filters: [], rows, hides: false, cut: false, words: "" };
  const look = { stacked: false, horizontal: false, area: false, donut: false, left };
  const levels = [{ label: "", dimensions }];
  const texts = { title: "", note: "", source: "", language: "en", theme: "light" as const, date: "2026-01-01" };
  return [{ format: "published-chart/1", kind, look, ...texts, measures, levels, filters: [], views: [view] }, view];
}

const option = (snapshot: Snapshot, view: View) => optionFor(snapshot, view, view.rows, { mode: "light", width: 900 });

describe("a chart without dimensions", () => {
  it("has its measures as steps of a waterfall", () => {
    const [snapshot, view] = shown("waterfall", [], [measure("In", "plus"), measure("Out", "minus"), measure("Left", "total")], [row([], 10, 4, 6)]);
    expect(plotOf(snapshot, view, view.rows).categories).toEqual(["In", "Out", "Left"]);
    const { series } = option(snapshot, view) as { series: { data: unknown }[] };
    expect(series[0]!.data).toEqual([[0, 0, 10], [1, 10, 6], [2, 0, 6]]);
  });

  it("has the target of a bullet beside its measure", () => {
    const [snapshot, view] = shown("bullet", [], [measure("Bees"), measure("Wanted", "target"), measure("Bugs")], [row([], 7, 9, 3)]);
    const { categories, series } = plotOf(snapshot, view, view.rows);
    expect(categories).toEqual(["Bees", "Bugs"]);
    expect(series.map(({ figures }) => figures.map((figure) => figure?.[0] ?? null))).toEqual([[7, 3], [9, null]]);
  });
});

describe("what crosses dimensions", () => {
  it("is bars where a level has only one", () => {
    expect(drawnKind(...shown("sankey", ["flower"], [measure("Bees")], []))).toBe("bar");
    expect(drawnKind(...shown("mekko", ["flower", "meadow"], [measure("Bees")], []))).toBe("mekko");
  });

  it("is as wide and as high as its shares", () => {
    const rows = [row(["a", "x"], 1), row(["a", "y"], 3), row(["b", "x"], 4), row(["b", "y"], null)];
    const { series } = option(...shown("mekko", ["flower", "meadow"], [measure("Bees")], rows)) as { series: { name: string; data: number[][] }[] };
    expect(series.slice(0, 2).map(({ data }) => data)).toEqual([
      [[0, 0.5, 0, 0.25], [0.5, 1, 0, 1]],
      [[0, 0.5, 0.25, 1], [0.5, 1, 1, 1]],
    ]);
  });

  it("flows through every dimension, and same names of two are not the same", () => {
    const rows = [row(["a", "a", "c"], 2), row(["a", "a", "d"], 3), row(["b", "a", "c"], -1)];
    const drawn = option(...shown("sankey", ["from", "via", "to"], [measure("Bees")], rows)) as { series: { data: { said: string; depth: number }[]; links: { value: number }[] }[] };
    expect(drawn.series[0]!.data.map(({ said, depth }) => [said, depth])).toEqual([["a", 0], ["a", 1], ["c", 2], ["d", 2]]);
    expect(drawn.series[0]!.links.map(({ value }) => value)).toEqual([5, 2, 3]);
    expect(marksOf(itemsOf(drawn), 1)).toEqual([0, 2].map((dataIndex) => ({ seriesIndex: 0, dataIndex, dataType: "edge" })));
  });
});

describe("a row's mark is found", () => {
  it("among boxes and among the points outside of them", () => {
    const rows = [row(["north", ""], 1, 2, 3, 4, 5, null), row(["south", ""], 1, 2, 3, 4, 5, null), row(["north", "noon"], null, null, null, null, null, 9)];
    const drawn = option(...shown("box", ["meadow", "hour"], Array.from("abcdef", (name) => measure(name)), rows));
    expect(marksOf(itemsOf(drawn), 1)).toEqual([{ seriesIndex: 0, dataIndex: 1 }]);
    expect(marksOf(itemsOf(drawn), 2)).toEqual([{ seriesIndex: 1, dataIndex: 0 }]);
  });

  it("by its number where marks do not say their rows", () => {
    expect(marksOf(itemsOf(option(...shown("bar", ["flower"], [measure("Bees")], [row(["a"], 1)]))), 0)).toEqual([]);
  });
});

describe("bins", () => {
  it("stand where their limits are", () => {
    const drawn = option(...shown("histogram", ["age"], [measure("People")], [row(["-5 – 0"], 7), row(["0 – 5"], null)])) as { series: { data: number[][] }[]; xAxis: { min: number; max: number } };
    expect(drawn.series[0]!.data).toEqual([[-5, 0, 7], [0, 5, 0]]);
    expect([drawn.xAxis.min, drawn.xAxis.max]).toEqual([-5, 5]);
  });

  it("are bars where a level is no bins", () => {
    const drawn = option(...shown("histogram", ["meadow"], [measure("People")], [row(["north"], 7)])) as { series: { type: string }[] };
    expect(drawn.series[0]!.type).toBe("bar");
  });
});

describe("a pivot table", () => {
  const rows = [row(["a", "x"], 1), row(["a", "y"], 2), row(["b", "y"], 3)];

  it("has what the chart wants across its top, and cells without a number where nothing is shown", () => {
    const { names, heads, lines } = pivoted(...shown("pivot", ["flower", "meadow"], [measure("Bees")], rows, 1), rows);
    expect([names, heads.map(({ labels }) => labels)]).toEqual([["flower"], ["x", "y"]]);
    expect(lines).toEqual([{ labels: ["a"], cells: ["1!", "2!"] }, { labels: ["b"], cells: ["", "3!"] }]);
  });

  it("names once what follows each other", () => {
    const { lines } = pivoted(...shown("pivot", ["flower", "meadow"], [measure("Bees")], rows), rows);
    expect([spans(lines, 0), spans(lines, 1)]).toEqual([[2, 0, 1], [1, 1, 1]]);
  });
});
