// The living chart: ECharts on a canvas over the picture that the server drew. Loaded when the page has come to rest.
import { init, use } from "echarts/core";
import { BarChart, LineChart, PieChart } from "echarts/charts";
import { GridComponent, LegendScrollComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";
import { COLOURS, type Mode } from "../charts/look";
import { element } from "./elements";
import { optionFor, plotOf, type Plot } from "./option";
import type { Row, Snapshot, View } from "./snapshot";

use([BarChart, LineChart, PieChart, GridComponent, LegendScrollComponent, TooltipComponent, CanvasRenderer]);

interface Pointed {
  dataIndex: number;
  seriesIndex?: number;
  seriesName?: string;
}

export class LiveChart {
  private readonly chart;
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
    new ResizeObserver(() => this.chart.resize()).observe(place);
    place.tabIndex = 0;
    place.addEventListener("keydown", (event) => this.onKey(event));
    place.addEventListener("blur", () => this.chart.dispatchAction({ type: "hideTip" }));
  }

  show(view: View, rows: Row[], mode: Mode): void {
    const width = this.place.clientWidth;
    this.plot = plotOf(this.snapshot, view, rows);
    this.at = -1;
    this.chart.setOption({ ...optionFor(this.snapshot, view, rows, { mode, width }), tooltip: this.tooltip(mode) }, { notMerge: true });
  }

  private tooltip(mode: Mode): object {
    const ink = COLOURS[mode];
    const isPie = this.snapshot.kind === "pie";
    return {
      trigger: isPie ? "item" : "axis",
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
    const shown = this.snapshot.kind === "pie" ? this.plot.series.slice(0, 1) : this.plot.series;
    return shown.flatMap(({ name, figures }) => (figures[at] ? [[name, figures[at]![1]] as [string, string]] : []));
  }

  private onKey(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const last = this.plot.categories.length - 1;
    if (event.key === "Escape") this.chart.dispatchAction({ type: "hideTip" });
    else if (event.key in steps) this.at = Math.min(last, Math.max(0, this.at + steps[event.key]!));
    else if (event.key === "Home") this.at = 0;
    else if (event.key === "End") this.at = last;
    else return;
    event.preventDefault();
    if (this.at < 0 || event.key === "Escape") return;
    this.chart.dispatchAction({ type: "downplay" });
    this.chart.dispatchAction({ type: "highlight", dataIndex: this.at });
    this.chart.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: this.at });
    this.tell(`${this.plot.categories[this.at] ?? ""}: ${this.lines(this.at).map(([name, text]) => `${name} ${text}`).join(", ")}`);
  }
}
