// Charts for people with an account: a window of the Hub says who one is, and hands over a short-lived token by a
// message that only this origin gets. The token is kept in memory for one request and stands in no address.
import type { Texts } from "./controls";
import { isTable, type Snapshot } from "./snapshot";

const WINDOW = "popup,width=520,height=680";

export function askForEntrance(said: Texts, onSnapshot: (snapshot: Snapshot) => void): void {
  const { hub, enter, slug } = document.body.dataset;
  const link = document.querySelector<HTMLAnchorElement>("[data-enter-link]");
  const status = document.querySelector<HTMLElement>("[data-entrance-status]");
  if (!hub || !enter || !link || !status) return;
  const origin = new URL(hub).origin;
  let opened: Window | null = null;
  link.addEventListener("click", (event) => {
    opened = window.open(enter, "chart-entrance", WINDOW);
    if (opened) event.preventDefault();
  });
  addEventListener("message", (event: MessageEvent<{ type?: string; token?: string; slug?: string }>) => {
    if (event.origin !== origin || !opened || event.source !== opened || event.data.slug !== slug) return;
    if (event.data.type === "chart-refused") status.textContent = said["refused"]!;
    if (event.data.type === "chart-token" && event.data.token) {
      void fetchSnapshot(slug!, event.data.token)
        .then(onSnapshot)
        .catch(() => void (status.textContent = said["failed"]!));
    }
  });
}

async function fetchSnapshot(slug: string, token: string): Promise<Snapshot> {
  const answer = await fetch(`/c/${slug}.json`, { headers: { Authorization: `Bearer ${token}` }, credentials: "omit" });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as Snapshot;
}

/** The frame of a page, as the server makes it for charts that everybody may see. */
export function buildPage(snapshot: Snapshot, said: Texts, make: typeof import("./elements").element): void {
  const main = document.querySelector("main")!;
  document.body.classList.add(`is-${snapshot.kind}`);
  document.title = snapshot.title || document.title;
  main.className = "";
  main.removeAttribute("data-entrance");
  const middle =
    snapshot.kind === "kpi"
      ? [make("dl", { class: "figures", "data-figures": true })]
      : isTable(snapshot)
        ? []
        : [make("div", { class: "picture", "data-picture": true, role: "img" }), make("p", { class: "visually-hidden", role: "status", "data-told": true })];
  main.replaceChildren(
    ...(snapshot.title ? [make("h1", { dir: "auto" }, snapshot.title)] : []),
    make("div", { class: "controls", "data-controls": true, hidden: true }),
    ...middle,
    make("div", { class: "rows", "data-rows": true, tabindex: "0", role: "region", "aria-label": said["as_table"]! }),
    make("p", { class: "words", "data-words": true, dir: "auto" }),
    ...(snapshot.note ? [make("p", { class: "note", dir: "auto" }, snapshot.note)] : []),
    make("footer", {}, make("span", { dir: "auto" }, `${snapshot.source ? `${said["source"]}: ${snapshot.source} · ` : ""}${said["date"]!.replace("{date}", snapshot.date)}`)),
  );
}
