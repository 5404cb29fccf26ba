// A view of a snapshot as an ECharts option: one look for the page, the pictures and the embedded chart.
import { COLOURS } from "../charts/look";
import { bars } from "./bars";
import { crossed, mekko, sankey } from "./crossing";
import { colours, drawnKind, plotOf, type Canvas, type Shown } from "./plot";
import { boxes, distribution, scatter } from "./points";
import { funnel, pie } from "./slices";
import type { Kind, Row, Snapshot, View } from "./snapshot";
import { histogram, waterfall } from "./steps";

// Without quotation marks: it stands in attributes.
export const FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Noto Sans, Liberation Sans, Arial, sans-serif";

/** How each kind is drawn; every other one as bars or lines over categories. */
const SHAPES: Partial<Record<Kind, (shown: Shown) => object>> = { pie, funnel, scatter, grid: crossed, mekko, sankey, waterfall, histogram, box: boxes, distribution };

export function optionFor(snapshot: Snapshot, view: View, rows: Row[], { mode, width }: Canvas): object {
  const shape = SHAPES[drawnKind(snapshot, view)] ?? bars;
  return {
    animation: false,
    color: colours(mode),
    backgroundColor: "transparent",
    textStyle: { fontFamily: FONT, fontSize: 12, color: COLOURS[mode].text },
    ...shape({ snapshot, view, rows, plot: plotOf(snapshot, view, rows), mode, width }),
  };
}
