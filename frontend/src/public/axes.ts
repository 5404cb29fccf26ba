// What charts of several shapes have in common: axes, legend, the room that marks are in.
import { COLOURS, type Mode } from "../charts/look";
import type { Plot, Shown } from "./plot";

export function legend(plot: Plot, mode: Mode): object {
  const ink = COLOURS[mode];
  return {
    show: plot.series.length > 1,
    type: "scroll",
    bottom: 0,
    itemWidth: 14,
    itemHeight: 10,
    icon: "roundRect",
    textStyle: { color: ink.soft, fontSize: 12 },
    pageTextStyle: { color: ink.soft },
    pageIconColor: ink.soft,
    pageIconInactiveColor: ink.faint,
  };
}

export function valueAxis({ snapshot, plot, mode, width }: Shown, axis = 0): object {
  const ink = COLOURS[mode];
  const of = plot.series.filter(({ measure }) => measure.axis === axis || plot.series.length === 1);
  const isPercent = of.length > 0 && of.every(({ measure }) => measure.percent);
  const format = new Intl.NumberFormat(snapshot.language, isPercent ? { style: "percent", maximumFractionDigits: 1 } : { notation: "compact", maximumFractionDigits: 2 });
  return {
    type: "value",
    scale: snapshot.kind === "line" && !snapshot.look.area,
    splitLine: { show: axis === 0, lineStyle: { color: ink.faint } },
    axisLabel: { color: ink.soft, fontSize: 11, hideOverlap: true, formatter: (value: number) => format.format(value) },
    splitNumber: width < 600 ? 4 : 5,
  };
}

/** The room that marks are in, with the names of both axes outside of it. */
export const MARKS_ROOM = { left: 28, right: 24, top: 20, bottom: 28, outerBoundsMode: "same", outerBoundsContain: "all" };

/** An axis of names, for marks. */
export function nameAxis({ mode, width }: Shown, data: string[], name: string | undefined, gap: number): object {
  const ink = COLOURS[mode];
  return {
    type: "category",
    data,
    name: width >= 600 ? name : undefined,
    nameLocation: "middle",
    nameGap: gap,
    nameTextStyle: { color: ink.soft, fontSize: 12 },
    axisTick: { show: false },
    axisLine: { lineStyle: { color: ink.faint } },
    splitLine: { show: true, lineStyle: { color: ink.faint } },
    axisLabel: { color: ink.soft, fontSize: 11, hideOverlap: true, overflow: "truncate", width: Math.min(120, width * 0.22) },
  };
}

/** An axis of a measure, for marks. */
export function numberAxis(shown: Shown, name: string, gap: number): object {
  const ink = COLOURS[shown.mode];
  return {
    ...valueAxis(shown),
    scale: true,
    axisLine: { show: true, lineStyle: { color: ink.faint } },
    axisTick: { show: false },
    name,
    nameLocation: "middle",
    nameGap: gap,
    nameTextStyle: { color: ink.soft, fontSize: 12, width: 240, overflow: "truncate" },
  };
}
