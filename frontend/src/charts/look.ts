// The charts' theme, made from the design tokens of the page, so that light and dark follow them.

export type Mode = "light" | "dark";

const PALETTE = ["#0f7b6c", "#e08a2e", "#4a6fd4", "#c4516c", "#7a9a1f", "#8a5cc2", "#2a9fc9", "#b3762b", "#5f7f95", "#d46a3c", "#3f9c5a", "#a4548f"];

const COLOURS = {
  light: { text: "#1d2a30", soft: "#56666d", faint: "#dfe6e8", surface: "#ffffff", selected: "#0f7b6c", alternative: "#e6ecee", excluded: "#cfd7da" },
  dark: { text: "#e8eef0", soft: "#a9b7bd", faint: "#34434a", surface: "#1a2429", selected: "#1f9a88", alternative: "#27343a", excluded: "#11191d" },
} as const;

const DARK_PRIMARY = "#2fb3a0";

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
  const text = token("--hg-text", fallback.text);
  const soft = token("--hg-text-soft", fallback.soft);
  const faint = token("--hg-line", fallback.faint);
  const surface = token("--hg-surface", fallback.surface);
  const primary = mode === "dark" ? DARK_PRIMARY : PALETTE[0]!;
  const family = token("--hg-font", "system-ui, sans-serif");
  const label = { label: { name: { color: soft, fontSize: "12px" }, value: { color: text, fontSize: "12px" } } };
  const axis = { title: { color: soft, fontSize: "12px" }, label: { name: { color: soft, fontSize: "11px" } }, line: { major: { color: faint }, minor: { color: faint } } };
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
      pieChart: { legend, ...label },
      listBox: {
        backgroundColor: surface,
        title: { main: { color: text, fontSize: "14px", fontWeight: "600", fontFamily: family } },
        content: { color: text, fontSize: "13px", fontFamily: family },
        dataColors: { selected: fallback.selected, alternative: fallback.alternative, excluded: fallback.excluded, selectedExcluded: fallback.excluded },
      },
      straightTable: table(text, soft, faint, surface),
      straightTableV2: table(text, soft, faint, surface),
    },
    palettes: {
      data: [{ name: "Honeyguide", propertyValue: "12", type: "pyramid", scale: palettes(primary) }],
      ui: [{ name: "Palette", colors: ["none", ...PALETTE] }],
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
