// The legend of the living chart: a button for each series or slice, by mouse, keyboard and screen reader alike.
// It stands where the picture that the server drew has its legend, so that nothing moves when the chart wakes.
import { element } from "./elements";
import { colours } from "./plot";
import type { Mode } from "../charts/look";

interface Chart {
  dispatchAction(action: { type: string; name?: string; seriesName?: string }): void;
}

export class Legend {
  private readonly bar: HTMLElement;
  private readonly off = new Set<string>();
  private shown = "";

  constructor(
    place: HTMLElement,
    private readonly chart: Chart,
    /** How ECharts calls what is turned off and on: a slice has a name, a series is one. */
    private readonly part: "name" | "seriesName",
  ) {
    this.bar = element("div", { class: "legend", role: "group", "data-legend": true, hidden: true });
    place.append(this.bar);
  }

  isOn(name: string): boolean {
    return !this.off.has(name);
  }

  /** Offers these names, and answers what ECharts has to know of them. Its own legend would be painted, out of reach of keys. */
  show(names: string[], mode: Mode): object {
    const different = [...new Set(names)].filter(Boolean);
    this.bar.hidden = different.length < 2;
    const shown = JSON.stringify([different, mode]);
    if (shown !== this.shown) this.bar.replaceChildren(...different.map((name) => this.button(name, colours(mode), names.indexOf(name))));
    this.shown = shown;
    return { show: false, data: different, selected: Object.fromEntries(different.map((name) => [name, this.isOn(name)])) };
  }

  private button(name: string, palette: string[], place: number): HTMLElement {
    const mark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    mark.setAttribute("viewBox", "0 0 14 10");
    mark.setAttribute("aria-hidden", "true");
    const square = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [attribute, value] of Object.entries({ width: "14", height: "10", rx: "2", fill: palette[place % palette.length]! })) square.setAttribute(attribute, value);
    mark.append(square);
    const button = element("button", { type: "button", dir: "auto", "aria-pressed": String(this.isOn(name)) }, mark, element("span", {}, name));
    button.addEventListener("click", () => this.toggle(name, button));
    for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => this.isOn(name) && this.emphasize("highlight", name));
    for (const event of ["pointerleave", "blur"]) button.addEventListener(event, () => this.emphasize("downplay", name));
    return button;
  }

  private toggle(name: string, button: HTMLElement): void {
    if (!this.off.delete(name)) this.off.add(name);
    button.setAttribute("aria-pressed", String(this.isOn(name)));
    this.chart.dispatchAction({ type: this.isOn(name) ? "legendSelect" : "legendUnSelect", name });
  }

  private emphasize(type: "highlight" | "downplay", name: string): void {
    this.chart.dispatchAction({ type, [this.part]: name });
  }
}
