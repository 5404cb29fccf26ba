// Keeps everything on the page in step with what is chosen: the chart, the table, the words.
import type { Mode } from "../charts/look";
import type { LiveChart } from "./chart";
import { fillControls, type Chosen, type Texts } from "./controls";
import { fillFigures, fillPivot, fillRows } from "./rows";
import { firstChoice, ordered, viewOf, type Snapshot } from "./snapshot";
import { followTheme } from "./theme";

export type LoadChart = () => Promise<{ LiveChart: typeof LiveChart }>;

const find = (name: string) => document.querySelector<HTMLElement>(`[data-${name}]`);

export function bringToLife(snapshot: Snapshot, said: Texts, load: LoadChart): void {
  const picture = find("picture");
  const state: Chosen = { choice: firstChoice(snapshot), showing: snapshot.kind === "table" ? "table" : "chart" };
  let live: LiveChart | null = null;
  let mode: Mode = followTheme(snapshot.theme, (next) => {
    mode = next;
    update();
  });

  function update(): void {
    const view = viewOf(snapshot, state.choice);
    const rows = ordered(snapshot, view, state.choice);
    const table = find("rows");
    if (table) {
      if (snapshot.kind === "pivot" && state.showing === "chart") fillPivot(table, snapshot, view);
      else
        fillRows(table, snapshot, view, rows, state.choice, (column, down) => {
          state.choice = { ...state.choice, sorted: { column, down } };
          update();
        });
      table.hidden = (state.showing !== "table" && snapshot.kind !== "pivot") || snapshot.kind === "kpi";
    }
    const figures = find("figures");
    if (figures) fillFigures(figures, snapshot, view);
    const words = find("words");
    if (words) words.textContent = view.words;
    if (picture) {
      picture.hidden = state.showing !== "chart";
      picture.setAttribute("aria-label", `${view.words} ${said["explore"]}`);
      if (!picture.hidden) live?.show(view, rows, mode);
    }
  }

  async function wake(): Promise<void> {
    if (!picture || live) return;
    const { LiveChart } = await load();
    if (live) return;
    live = new LiveChart(picture, snapshot, (text) => void (find("told")!.textContent = text));
    picture.setAttribute("role", "application");
    update();
    picture.querySelectorAll(".drawn").forEach((each) => each.remove());
    picture.dataset["live"] = "true";
  }

  const controls = find("controls");
  if (controls) fillControls(controls, snapshot, said, state, () => void wake().then(update));
  update();
  if (!picture) return;
  for (const name of ["pointerenter", "focusin", "touchstart"]) picture.addEventListener(name, () => void wake(), { once: true, passive: true });
  const isDrawn = picture.querySelector(".drawn") !== null;
  if (isDrawn && "requestIdleCallback" in window) requestIdleCallback(() => void wake(), { timeout: 2000 });
  else void wake();
}
