// One measure in parts: pies and funnels.
import { COLOURS } from "../charts/look";
import { legend } from "./axes";
import type { Shown } from "./plot";

export function pie(shown: Shown): object {
  const radius = [shown.snapshot.look.donut ? "44%" : 0, shown.width < 600 ? "62%" : "70%"];
  return parted(shown, { type: "pie", radius, center: ["50%", "44%"] });
}

export function funnel(shown: Shown): object {
  const sides = shown.width < 600 ? { left: "4%", width: "92%" } : { left: "12%", width: "56%" };
  return parted(shown, { type: "funnel", sort: "none", ...sides, top: 12, bottom: 52, gap: 2, min: 0, minSize: "0%" }, { position: "right" });
}

/** Each part with its name; on narrow pages the legend has the names. Negative parts have no room. */
function parted({ plot, mode, width }: Shown, shape: object, label: object = {}): object {
  const ink = COLOURS[mode];
  const figures = plot.series[0]?.figures ?? [];
  const isNarrow = width < 600;
  return {
    legend: { ...legend(plot, mode), show: plot.categories.length > 1 },
    series: [
      {
        ...shape,
        name: plot.series[0]?.name ?? "",
        data: plot.categories.map((name, place) => ({ name, value: Math.max(figures[place]?.[0] ?? 0, 0) })),
        label: { show: !isNarrow, color: ink.text, fontSize: 12, width: 150, overflow: "truncate", ...label },
        labelLine: { show: !isNarrow, lineStyle: { color: ink.faint } },
        itemStyle: { borderColor: ink.surface, borderWidth: 1 },
        emphasis: { focus: "self" },
      },
    ],
  };
}
