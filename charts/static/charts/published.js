// The overview of published charts: pause, refresh, audience, delete, one by one or all at once; copying without a mouse too.
import { ServerError, call, element, toast } from "../hub/pages/server.js";

const page = document.querySelector("[data-published]");
const dialog = page.querySelector("[data-dialog]");
const told = (error) => toast(error instanceof ServerError ? error.message : "Something went wrong. Try again.");
const again = () => location.reload();
const path = (chart, rest = "") => `/api/charts/${chart}/${rest}`;

// What cannot be undone asks once more on the same button.
function isSure(button, question) {
  if (button.dataset.sure === "yes") return true;
  const text = button.textContent;
  button.dataset.sure = "yes";
  button.textContent = question;
  setTimeout(() => { button.dataset.sure = ""; button.textContent = text; }, 6000);
  return false;
}

async function copy(text) {
  await navigator.clipboard.writeText(text);
  toast("Copied.");
}

async function refreshed(chart) {
  await call("POST", path(chart, "refresh/"));
  toast("Refreshing…");
  for (let tries = 0; tries < 120; tries += 1) {
    await new Promise((resolve) => { setTimeout(resolve, 500); });
    const { waiting } = await call("GET", path(chart));
    if (waiting?.state !== "preparing") return again();
  }
}

const AUDIENCES = [["everyone", "Everyone, search engines too"], ["link", "Everyone with the link"], ["members", "Signed-in people"], ["list", "Signed-in people of a list"], ["sites", "Only inside pages of named sites"]];
const EMBEDDINGS = [["anywhere", "In any page"], ["sites", "In pages of named sites"], ["nowhere", "Nowhere"]];
const REFRESHES = [["fixed", "Never: it stays as it is"], ["saves", "After each save or reload of the app"], ["schedule", "On a schedule"]];

function select(name, label, options, chosen) {
  const made = element("select", { name }, options.map(([value, text]) => element("option", { value, selected: value === chosen }, text)));
  return element("label", { class: "field" }, element("span", {}, label), made);
}

function lines(name, label, values, help) {
  return element("label", { class: "field", "data-for": name }, element("span", {}, label), element("textarea", { name, rows: 3, placeholder: help }, values.join("\n")));
}

async function audienceOf(chart) {
  const { title, audience } = await call("GET", path(chart));
  const form = element("form", { class: "stack", method: "dialog" },
    element("h2", { id: "dialog-title" }, `Who may see “${title || "Untitled chart"}”`),
    select("audience", "Audience", AUDIENCES, audience.audience),
    lines("readers", "Addresses, one a line", audience.readers, "name@example.org"),
    select("embedding", "May be embedded", EMBEDDINGS, audience.embedding),
    lines("sites", "Sites, one a line", audience.sites, "https://www.example.org"),
    element("label", { class: "check" }, element("input", { type: "checkbox", name: "downloads", checked: audience.downloads }), "Readers may download the data and pictures"),
    select("refresh", "Refresh", REFRESHES, audience.refresh),
    element("label", { class: "field", "data-for": "hours" }, element("span", {}, "Every so many hours"), element("input", { type: "number", name: "refresh_hours", min: 1, max: 8784, value: audience.refresh_hours })),
    element("p", { class: "errorlist", role: "alert", "data-problem": true }),
    element("div", { class: "button-row" }, element("button", { class: "button is-primary", type: "submit", value: "save" }, "Save"), element("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Cancel")));
  const show = () => {
    const { audience: who, embedding, refresh } = form.elements;
    form.querySelector("[data-for=readers]").hidden = who.value !== "list";
    embedding.closest("label").hidden = who.value === "sites";
    form.querySelector("[data-for=sites]").hidden = who.value !== "sites" && embedding.value !== "sites";
    form.querySelector("[data-for=hours]").hidden = refresh.value !== "schedule";
  };
  form.addEventListener("change", show);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { elements } = form;
    const list = (name) => elements[name].value.split(/[\s,;]+/).filter(Boolean);
    try {
      await call("PUT", path(chart, "audience/"), {
        audience: elements.audience.value, embedding: elements.embedding.value, sites: list("sites"), readers: list("readers"),
        downloads: elements.downloads.checked, refresh: elements.refresh.value, refresh_hours: Number(elements.refresh_hours.value),
      });
      again();
    } catch (error) { form.querySelector("[data-problem]").textContent = error.message; }
  });
  show();
  open(form, false);
}

function open(content, isWide) {
  dialog.classList.toggle("is-wide", isWide);
  dialog.replaceChildren(content);
  dialog.showModal();
}

async function look(chart) {
  const { snapshot, card } = await call("GET", path(chart, "preview/"));
  const picture = element("img", { alt: snapshot.views[0].words, class: "looked-at", src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(card)}` });
  const tables = snapshot.views.slice(0, 60).map((view) => {
    const { label, dimensions } = snapshot.levels[view.level];
    const chosen = snapshot.filters.map((one, at) => (view.filters[at] >= 0 ? `${one.label}: ${one.values[view.filters[at]]}` : "")).filter(Boolean).join(", ");
    const head = [...dimensions, ...snapshot.measures.map((one) => one.label)].map((name) => element("th", {}, name));
    const rows = view.rows.map(([labels, figures]) => element("tr", {}, [...labels, ...figures.map(([, text]) => text)].map((text) => element("td", {}, text))));
    return element("details", {}, element("summary", {}, [label, chosen].filter(Boolean).join(" · ")), element("div", { class: "scroll" }, element("table", {}, element("thead", {}, element("tr", {}, head)), element("tbody", {}, rows))));
  });
  open(element("div", { class: "stack" }, element("h2", { id: "dialog-title" }, snapshot.title || "Untitled chart"), picture, element("p", {}, snapshot.views[0].words), ...tables,
    element("div", { class: "button-row" }, element("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Close"))), true);
}

page.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const chart = button.closest("[data-chart]")?.dataset.chart;
  try {
    if (button.matches("[data-copy]")) await copy(button.dataset.copy);
    if (button.matches("[data-pause]")) await call("POST", path(chart, "pause/")).then(again);
    if (button.matches("[data-resume]")) await call("DELETE", path(chart, "pause/")).then(again);
    if (button.matches("[data-refresh]")) await refreshed(chart);
    if (button.matches("[data-audience-of]")) await audienceOf(chart);
    if (button.matches("[data-look]")) await look(chart);
    if (button.matches("[data-discard]")) await call("DELETE", path(chart, "preview/")).then(again);
    if (button.matches("[data-publish]")) await call("POST", path(chart, "publication/"), { version: Number(button.dataset.publish) }).then(again);
    if (button.matches("[data-delete]") && isSure(button, "Delete for good?")) await call("DELETE", path(chart)).then(again);
    if (button.matches("[data-all]") && (button.dataset.all !== "delete" || isSure(button, "Delete all for good?"))) await call("POST", `/api/charts/all/${button.dataset.all}/`).then(again);
  } catch (error) { told(error); }
});
