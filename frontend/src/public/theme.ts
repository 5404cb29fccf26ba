// Light or dark: the owner's word, else the reader's system. Nothing is stored.
import type { Mode } from "../charts/look";

const system = matchMedia("(prefers-color-scheme: dark)");

export function followTheme(wanted: "auto" | Mode, onChange: (mode: Mode) => void): Mode {
  const mode = (): Mode => (wanted === "auto" ? (system.matches ? "dark" : "light") : wanted);
  document.documentElement.dataset["theme"] = mode();
  if (wanted === "auto") {
    system.addEventListener("change", () => {
      document.documentElement.dataset["theme"] = mode();
      onChange(mode());
    });
  }
  return mode();
}
