// What a viewer may choose: level, filters, order, chart or table. Only where there is something to choose.
import { element } from "./elements";
import type { Choice, Order, Snapshot } from "./snapshot";

export type Texts = Record<string, string>;
export type Showing = "chart" | "table";

export interface Chosen {
  choice: Choice;
  showing: Showing;
}

export function fillControls(place: HTMLElement, snapshot: Snapshot, said: Texts, state: Chosen, onChange: (next: Chosen) => void): void {
  const change = (choice: Partial<Choice>) => {
    state.choice = { ...state.choice, ...choice };
    onChange(state);
  };
  const parts: HTMLElement[] = [];
  if (snapshot.levels.length > 1) {
    parts.push(choice(said["level"]!, snapshot.levels.map(({ label }) => label || said["all"]!), state.choice.level, "level", (level) => change({ level, sorted: undefined })));
  }
  snapshot.filters.forEach(({ label, values }, place) => {
    const put = (at: number) => change({ filters: state.choice.filters.map((old, each) => (each === place ? at - 1 : old)) });
    parts.push(choice(label, [said["all"]!, ...values], 0, `filter-${place}`, put));
  });
  if (["bar", "pie", "combo", "funnel", "bullet"].includes(snapshot.kind)) {
    const orders: Order[] = ["given", "down", "up", "name"];
    parts.push(choice(said["sort"]!, orders.map((order) => said[`sort_${order}`]!), 0, "order", (at) => change({ order: orders[at]!, sorted: undefined })));
  }
  if (snapshot.kind !== "table" && snapshot.kind !== "kpi") parts.push(showing(snapshot.kind === "pivot" ? said["pivot"]! : said["chart"]!, said, state, onChange));
  place.replaceChildren(...parts);
  place.hidden = parts.length === 0;
}

function choice(name: string, options: string[], chosen: number, id: string, put: (at: number) => void): HTMLElement {
  const select = element("select", { "data-testid": id }, ...options.map((text, at) => element("option", { value: String(at), selected: at === chosen }, text)));
  select.addEventListener("change", () => put(Number(select.value)));
  return element("label", { dir: "auto" }, name, select);
}

function showing(chart: string, said: Texts, state: Chosen, onChange: (next: Chosen) => void): HTMLElement {
  const names: [Showing, string][] = [["chart", chart], ["table", said["as_table"]!]];
  const buttons = names.map(([name, text]) => {
    const button = element("button", { type: "button", "aria-pressed": String(state.showing === name), "data-testid": `show-${name}` }, text);
    button.addEventListener("click", () => {
      state.showing = name;
      buttons.forEach((each, at) => each.setAttribute("aria-pressed", String(names[at]![0] === name)));
      onChange(state);
    });
    return button;
  });
  return element("div", { class: "switch", role: "group" }, ...buttons);
}
