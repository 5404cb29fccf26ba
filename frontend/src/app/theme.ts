// Light or dark: the stored choice, else what the system says. The rest of the product keeps the choice in
// the same place: localStorage "theme", and data-theme on <html>.
import type { Mode } from "../charts/look";
import { Observable } from "../shared/observable";

const KEY = "theme";
const system = matchMedia("(prefers-color-scheme: dark)");

function chosen(): Mode | null {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : null;
}

export const mode = new Observable<Mode>("light");

function apply(): void {
  const next = chosen() ?? (system.matches ? "dark" : "light");
  document.documentElement.dataset["theme"] = next;
  mode.value = next;
}

export function followTheme(): void {
  apply();
  system.addEventListener("change", apply);
  addEventListener("storage", (event) => event.key === KEY && apply());
}

export function toggleTheme(): void {
  localStorage.setItem(KEY, mode.value === "dark" ? "light" : "dark");
  apply();
}
