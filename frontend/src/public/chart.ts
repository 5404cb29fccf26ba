// The living chart: ECharts on a canvas over the picture that the server drew. Loaded when the page has come to rest.
import { init, use } from "echarts/core";
import { BarChart, BoxplotChart, CustomChart, FunnelChart, LineChart, PieChart, SankeyChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendScrollComponent, TooltipComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { COLOURS, type Mode } from "../charts/look";
import { element } from "./elements";
import { Legend } from "./legend";
import { itemsOf, marksOf, type Item } from "./marks";
import { optionFor } from "./option";
import { drawnKind, hasMarks, hasSlices, plotOf, type Plot } from "./plot";
import type { Kind, Row, Snapshot, View } from "./snapshot";

use([BarChart, BoxplotChart, CustomChart, FunnelChart, LineChart, PieChart, SankeyChart, ScatterChart, GridComponent, LegendScrollComponent, TooltipComponent, LabelLayout, CanvasRenderer]);

interface Pointed {
  dataIndex: number;
  data?: Item;
  value?: unknown;
}

export class LiveChart {
  private readonly chart;
  private readonly legend: Legend;
  private kind: Kind;
  private plot: Plot = { categories: [], series: [] };
  private items: Item[][] = [];
  private at = -1;

  constructor(
    private readonly place: HTMLElement,
    private readonly snapshot: Snapshot,
    private readonly tell: (text: string) => void,
  ) {
    this.kind = snapshot.kind;
    const canvas = element("div", { class: "canvas", "aria-hidden": "true" });
    place.append(canvas);
    this.chart = init(canvas);
    this.legend = new Legend(place, this.chart, this.isSliced ? "name" : "seriesName");
    new ResizeObserver(() => this.chart.resize()).observe(place);
    place.tabIndex = 0;
    place.addEventListener("keydown", (event) => this.onKey(event));
    place.addEventListener("blur", () => this.chart.dispatchAction({ type: "hideTip" }));
  }

  show(view: View, rows: Row[], mode: Mode): void {
    const width = this.place.clientWidth;
    this.kind = drawnKind(this.snapshot, view);
    this.plot = plotOf(this.snapshot, view, rows);
    this.at = -1;
    const names = this.isMarked ? [] : this.isSliced ? this.plot.categories : this.plot.series.map(({ name }) => name);
    const legend = this.legend.show(names, mode);
    const option = optionFor(this.snapshot, view, rows, { mode, width });
    this.items = itemsOf(option);
    this.chart.setOption({ ...option, legend, tooltip: this.tooltip(mode) }, { notMerge: true });
  }

  /** Slices are told apart by their categories, and one of them is pointed at. */
  private get isSliced(): boolean {
    return hasSlices(this.kind);
  }

  /** Every row is one mark that bears all measures: there is nothing to turn off. */
  private get isMarked(): boolean {
    return hasMarks(this.kind);
  }

  private tooltip(mode: Mode): object {
    const ink = COLOURS[mode];
    return {
      trigger: this.isSliced || this.isMarked || this.kind === "mekko" ? "item" : "axis",
      axisPointer: { type: this.kind === "line" ? "line" : "shadow" },
      confine: true,
      backgroundColor: ink.surface,
      borderColor: ink.faint,
      textStyle: { color: ink.text, fontSize: 13 },
      formatter: (pointed: Pointed | Pointed[]) => this.tipOf(Array.isArray(pointed) ? pointed[0]! : pointed),
    };
  }

  private tipOf({ dataIndex, data, value }: Pointed): HTMLElement {
    if (data?.said === undefined || data.row !== undefined) return this.tip(data?.row ?? dataIndex);
    const sum = new Intl.NumberFormat(this.snapshot.language, { maximumFractionDigits: 2 }).format(Number(value));
    return tip(data.said, [[this.snapshot.measures[0]!.label, sum]]);
  }

  private tip(at: number): HTMLElement {
    return tip(this.plot.categories[at] ?? "", this.lines(at));
  }

  private lines(at: number): [string, string][] {
    const shown = this.isSliced ? this.plot.series.slice(0, 1) : this.plot.series.filter(({ name }) => this.legend.isOn(name));
    return shown.flatMap(({ name, figures }) => (figures[at]?.[1] ? [[name, figures[at]![1]] as [string, string]] : []));
  }

  /** The category that a key leads to; null: the key means nothing here. What the legend turned off among slices is passed over. */
  private next(key: string): number | null {
    const there = this.plot.categories.flatMap((name, at) => (this.isSliced && !this.legend.isOn(name) ? [] : [at]));
    if (key === "Home") return there[0] ?? -1;
    if (key === "End") return there[there.length - 1] ?? -1;
    if (key === "ArrowRight" || key === "ArrowDown") return there.find((at) => at > this.at) ?? this.at;
    if (key === "ArrowLeft" || key === "ArrowUp") return there.findLast((at) => at < this.at) ?? Math.max(this.at, there[0] ?? -1);
    return null;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.place) return;
    if (event.key === "Escape") this.chart.dispatchAction({ type: "hideTip" });
    const next = this.next(event.key);
    if (next === null) return;
    event.preventDefault();
    this.at = next;
    if (next < 0) return;
    this.chart.dispatchAction({ type: "downplay" });
    this.pointAt(next);
    this.tell(`${this.plot.categories[next] ?? ""}: ${this.lines(next).map(([name, text]) => `${name} ${text}`).join(", ")}`);
  }

  /** Shows a value as if the mouse were over it. A band of a sankey has no place that ECharts could find. */
  private pointAt(row: number): void {
    const marks = marksOf(this.items, row);
    for (const mark of marks) this.chart.dispatchAction({ type: "highlight", ...mark });
    if (marks[0]?.dataType === "edge") {
      this.chart.dispatchAction({ type: "showTip", x: this.place.clientWidth / 2, y: 24, tooltip: { formatter: () => this.tip(row) } });
      return;
    }
    const first = this.isSliced || this.isMarked ? 0 : this.plot.series.findIndex(({ name }) => this.legend.isOn(name));
    if (marks.length === 0) this.chart.dispatchAction({ type: "highlight", dataIndex: row });
    this.chart.dispatchAction({ type: "showTip", ...(marks[0] ?? { seriesIndex: first, dataIndex: row }) });
  }
}

/** A tooltip made of elements: what stands in the data is text, whatever it looks like. */
function tip(title: string, lines: [string, string][]): HTMLElement {
  return element("div", { class: "tip" }, element("b", {}, title), ...lines.map(([name, text]) => element("span", {}, name, element("b", {}, text))));
}
