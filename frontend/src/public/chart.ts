// The living chart: ECharts on a canvas over the picture that the server drew. Loaded when the page has come to rest.
import { init, use } from "echarts/core";
import { BarChart, FunnelChart, LineChart, PieChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendScrollComponent, TooltipComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { COLOURS, type Mode } from "../charts/look";
import { element } from "./elements";
import { Legend } from "./legend";
import { hasPoints, hasSlices, optionFor, plotOf, type Plot } from "./option";
import type { Row, Snapshot, View } from "./snapshot";

use([BarChart, FunnelChart, LineChart, PieChart, ScatterChart, GridComponent, LegendScrollComponent, TooltipComponent, LabelLayout, CanvasRenderer]);

interface Pointed {
  dataIndex: number;
  seriesIndex?: number;
  seriesName?: string;
}

export class LiveChart {
  private readonly chart;
  private readonly legend: Legend;
  private plot: Plot = { categories: [], series: [] };
  private at = -1;

  constructor(
    private readonly place: HTMLElement,
    private readonly snapshot: Snapshot,
    private readonly tell: (text: string) => void,
  ) {
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
    this.plot = plotOf(this.snapshot, view, rows);
    this.at = -1;
    const names = this.isPointed ? [] : this.isSliced ? this.plot.categories : this.plot.series.map(({ name }) => name);
    const legend = this.legend.show(names, mode);
    this.chart.setOption({ ...optionFor(this.snapshot, view, rows, { mode, width }), legend, tooltip: this.tooltip(mode) }, { notMerge: true });
  }

  /** Slices are told apart by their categories, and one of them is pointed at. */
  private get isSliced(): boolean {
    return hasSlices(this.snapshot);
  }

  /** Every row is one mark that bears all measures: there is nothing to turn off. */
  private get isPointed(): boolean {
    return hasPoints(this.snapshot);
  }

  private tooltip(mode: Mode): object {
    const ink = COLOURS[mode];
    return {
      trigger: this.isSliced || this.isPointed ? "item" : "axis",
      axisPointer: { type: this.snapshot.kind === "line" ? "line" : "shadow" },
      confine: true,
      backgroundColor: ink.surface,
      borderColor: ink.faint,
      textStyle: { color: ink.text, fontSize: 13 },
      formatter: (pointed: Pointed | Pointed[]) => this.tip(Array.isArray(pointed) ? (pointed[0]?.dataIndex ?? 0) : pointed.dataIndex),
    };
  }

  /** A tooltip made of elements: what stands in the data is text, whatever it looks like. */
  private tip(at: number): HTMLElement {
    const lines = this.lines(at).map(([name, text]) => element("span", {}, name, element("b", {}, text)));
    return element("div", { class: "tip" }, element("b", {}, this.plot.categories[at] ?? ""), ...lines);
  }

  private lines(at: number): [string, string][] {
    const shown = this.isSliced ? this.plot.series.slice(0, 1) : this.plot.series.filter(({ name }) => this.legend.isOn(name));
    return shown.flatMap(({ name, figures }) => (figures[at] ? [[name, figures[at]![1]] as [string, string]] : []));
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
    const seriesIndex = this.isSliced || this.isPointed ? 0 : this.plot.series.findIndex(({ name }) => this.legend.isOn(name));
    this.chart.dispatchAction({ type: "downplay" });
    this.chart.dispatchAction({ type: "highlight", dataIndex: next });
    this.chart.dispatchAction({ type: "showTip", seriesIndex, dataIndex: next });
    this.tell(`${this.plot.categories[next] ?? ""}: ${this.lines(next).map(([name, text]) => `${name} ${text}`).join(", ")}`);
  }
}
