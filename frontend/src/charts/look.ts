// The charts' theme, made from the design tokens of the page, so that light and dark follow them.

export type Mode = "light" | "dark";

/** Colours of data: told apart in light and dark. Green is not the first: it means "selected". */
export const PALETTE = ["#2f6db5", "#e08a2e", "#2a9d8f", "#c4516c", "#8a5cc2", "#7a9a1f", "#2a9fc9", "#b3762b", "#64748b", "#d46a3c", "#3f7f5a", "#a4548f"];

export const COLOURS = {
  light: { text: "#221e16", soft: "#635c4d", faint: "#e3dfd6", surface: "#ffffff", selected: "#1d7a4a", alternative: "#ebe8e1", excluded: "#d3cec2" },
  dark: { text: "#f1ece2", soft: "#b9b0a0", faint: "#3a3429", surface: "#1e1b16", selected: "#23915a", alternative: "#332d24", excluded: "#15130f" },
} as const;

export const DARK_PRIMARY = "#6ba6ea";

/** Where charts look for the first colour in the picker, unless somebody chose another. */
const PRIMARY_AT = 6;

function token(name: string, otherwise: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || otherwise;
}

function palettes(primary: string): string[][] {
  const colours = [primary, ...PALETTE.slice(1)];
  return colours.map((_, last) => colours.slice(0, last + 1));
}

/** A stardust theme definition. Read it after `data-theme` is set: the tokens depend on it. */
export function look(mode: Mode): object {
  const fallback = COLOURS[mode];
  const text = token("--text", fallback.text);
  const soft = token("--soft", fallback.soft);
  const faint = token("--line", fallback.faint);
  const surface = token("--surface", fallback.surface);
  const primary = mode === "dark" ? DARK_PRIMARY : PALETTE[0]!;
  const family = token("--font", "system-ui, sans-serif");
  const label = { label: { name: { color: soft, fontSize: "12px" }, value: { color: text, fontSize: "12px" } } };
  const axis = { title: { color: soft, fontSize: "12px" }, label: { name: { color: soft, fontSize: "11px" } }, line: { major: { color: faint }, minor: { color: faint } } };
  const picker = ["none", text, ...PALETTE.slice(1)];
  const legend = { title: { color: soft, fontSize: "12px" }, label: { color: soft, fontSize: "12px" } };
  const cartesian = { axis, legend, grid: { line: { major: { color: faint }, minor: { color: faint }, highContrast: { color: soft } } }, ...label };
  return {
    type: mode,
    fontSize: "12px",
    fontFamily: family,
    color: text,
    backgroundColor: "transparent",
    dataColors: { primaryColor: primary, othersColor: soft, errorColor: "#c8453b", nullColor: faint },
    object: {
      title: {
        main: { color: text, fontSize: "14px", fontFamily: family, fontWeight: "600" },
        subTitle: { color: soft, fontSize: "12px", fontFamily: family },
        footer: { color: soft, fontSize: "12px", fontFamily: family },
      },
      barChart: cartesian,
      lineChart: cartesian,
      comboChart: cartesian,
      scatterPlot: cartesian,
      histogram: cartesian,
      boxPlot: { ...cartesian, box: { box: { stroke: text }, line: { stroke: text }, whisker: { stroke: soft } } },
      distributionPlot: cartesian,
      waterfallChart: cartesian,
      gridChart: cartesian,
      bulletChart: cartesian,
      pieChart: { legend, ...label },
      listBox: {
        backgroundColor: surface,
        title: { main: { color: text, fontSize: "14px", fontWeight: "600", fontFamily: family } },
        content: { color: text, fontSize: "13px", fontFamily: family },
        dataColors: { selected: fallback.selected, alternative: fallback.alternative, excluded: fallback.excluded, selectedExcluded: fallback.excluded },
      },
      pivotTableV2: { grid: { borderColor: faint, divider: { borderColor: faint } } },
      straightTable: table(text, soft, faint, surface),
      straightTableV2: table(text, soft, faint, surface),
    },
    palettes: {
      data: [{ name: "Honeyguide", propertyValue: "12", type: "pyramid", scale: palettes(primary) }],
      ui: [{ name: "Palette", colors: [...picker.slice(0, PRIMARY_AT), primary, ...picker.slice(PRIMARY_AT)] }],
    },
  };
}

function table(text: string, soft: string, faint: string, surface: string): object {
  return {
    header: { fontSize: "12px", color: soft },
    content: { fontSize: "13px", color: text, hover: { backgroundColor: faint, color: text } },
    backgroundColor: surface,
  };
}
