// Draws pictures of a snapshot without a browser: the server runs this in an embedded V8 and calls `draw`.
import { init, use } from "echarts/core";
import { BarChart, BoxplotChart, CustomChart, FunnelChart, LineChart, PieChart, SankeyChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendScrollComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { COLOURS, type Mode } from "../charts/look";
import { optionFor } from "./option";
import { figuresPicture, fitted, framed, tablePicture, textAt } from "./plain";
import { firstChoice, isTable, ordered, viewOf, type Snapshot } from "./snapshot";

use([BarChart, BoxplotChart, CustomChart, FunnelChart, LineChart, PieChart, SankeyChart, ScatterChart, GridComponent, LegendScrollComponent, LabelLayout, SVGRenderer]);

interface Asked {
  theme: Mode;
  width: number;
  height: number;
  card: boolean;
}

const MARGIN = 48;
/** A card is looked at small: what is drawn on it is drawn for a smaller place, and enlarged. */
const ENLARGED = 1.6;

function picture(snapshot: Snapshot, mode: Mode, width: number, height: number): string {
  const choice = firstChoice(snapshot);
  const view = viewOf(snapshot, choice);
  const rows = ordered(snapshot, view, choice);
  if (snapshot.kind === "kpi") return figuresPicture(snapshot, view, mode, width, height);
  if (isTable(snapshot)) return tablePicture(snapshot, view, rows, mode, width, height);
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({ ...optionFor(snapshot, view, rows, { mode, width }) });
  const drawn = chart.renderToSVGString();
  chart.dispose();
  return withoutStyles(drawn);
}

/** Without styles, which the page's policy refuses: those of an element become attributes, those of hovering go. */
function withoutStyles(svg: string): string {
  return svg
    .replace(/ style="([^"]*)"/g, (_, styles: string) =>
      styles
        .split(";")
        .map((one) => one.split(":"))
        .filter(([name, value]) => name && value)
        .map(([name, value]) => ` ${name!.trim()}="${value!.trim()}"`)
        .join(""),
    )
    .replace(/ (?:class|pointer-events)="[^"]*"/g, "")
    .replace(/<style\s*>[\s\S]*?<\/style>/g, "");
}

function card(snapshot: Snapshot, mode: Mode, width: number, height: number): string {
  const ink = COLOURS[mode];
  const inner = width - 2 * MARGIN;
  const foot = [snapshot.source, snapshot.date].filter(Boolean).join(" · ");
  const top = snapshot.title ? 104 : MARGIN;
  const room = height - top - 76;
  const drawn = picture(snapshot, mode, Math.round(inner / ENLARGED), Math.round(room / ENLARGED)).replace(/<svg [^>]*?viewBox=/, `<svg xmlns="http://www.w3.org/2000/svg" x="${MARGIN}" y="${top}" width="${inner}" height="${room}" viewBox=`);
  return framed(
    width,
    height,
    [
      `<rect width="${width}" height="${height}" fill="${ink.surface}"/>`,
      textAt(MARGIN, 76, fitted(snapshot.title, inner, 36), { size: 36, weight: 700, fill: ink.text }),
      drawn,
      textAt(MARGIN, height - 30, fitted(foot, inner, 22), { size: 22, fill: ink.soft }),
    ].join(""),
  );
}

/** Without the characters that XML cannot hold at all: one of them would spoil the whole picture. */
function asXml(svg: string): string {
  return svg.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/gu, "");
}

function draw(text: string, asked: string): string {
  const snapshot = JSON.parse(text) as Snapshot;
  const { theme, width, height, card: isCard } = JSON.parse(asked) as Asked;
  return asXml(isCard ? card(snapshot, theme, width, height) : picture(snapshot, theme, width, height));
}

Object.assign(globalThis, { draw });
