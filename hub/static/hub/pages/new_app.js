// A new app takes shape: what the files hold, how the tables link, what to mend, then create.
import { call, element, toast } from "./server.js";
import { modelPicture } from "./model_picture.js";

const root = document.querySelector("[data-draft]");
const working = root.querySelector("[data-working]");
const preview = root.querySelector("[data-preview]");
const address = `/api/drafts/${root.dataset.draft}/`;
const POLL_MILLISECONDS = 400;
const TITLES = { reading: "Reading your files", creating: "Making your app" };
let draft = null;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function follow() {
  for (;;) {
    try {
      draft = await call("GET", address);
    } catch (error) {
      working.querySelector("[data-working-step]").textContent = error.message;
      await pause(3000);
      continue;
    }
    if (draft.state === "done") return location.replace(`/app/${draft.app}/`);
    if (draft.state === "failed") return showProblem();
    if (draft.state === "ready") return show();
    working.querySelector("[data-working-title]").textContent = TITLES[draft.state];
    working.querySelector("[data-working-step]").textContent = draft.step;
    const bar = working.querySelector("progress");
    if (draft.progress > 0) bar.value = draft.progress;
    await pause(POLL_MILLISECONDS);
  }
}

function showProblem() {
  working.replaceChildren(
    element("h1", {}, "This cannot be read"),
    element("div", { class: "notice is-danger", role: "alert", "data-testid": "problem" }, icon("warning"), element("p", {}, draft.problem)),
    element("p", { class: "soft" }, "Nothing was made. The files are still among your data files."),
    element("a", { class: "button is-primary", href: "/" }, "Back to your apps"),
  );
}

function icon(kind) {
  const paths = { warning: "M12 4 2.500 20h19zM12 10v4m0 3v.010", note: "M12 11v6m0-10v.010M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", fold: "m9 5 7 7-7 7" };
  const made = element("svg", { svg: true, class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" });
  made.append(element("path", { svg: true, d: paths[kind] }));
  return made;
}

async function change(plan, told) {
  if (preview.ariaBusy === "true") return;
  const before = draft.plan;
  preview.ariaBusy = "true";
  try {
    draft = await call("PUT", `${address}plan/`, plan);
    toast(told, "Undo", () => change(before, "Undone."));
  } catch (error) {
    toast(error.message);
  } finally {
    preview.ariaBusy = "false";
    show();
  }
}

// The plan speaks of fields as the files name them; what is on the page may have been renamed since.
function original(table, shown) {
  const changes = draft.plan[table] ?? {};
  return Object.keys(changes).find((field) => changes[field] === shown) ?? shown;
}

function planWith(remedies) {
  const plan = structuredClone(draft.plan);
  for (const { action, table, field, to } of remedies) {
    const name = original(table, field);
    plan[table] = { ...plan[table], [name]: action === "rename" && to !== name ? to : action === "rename" ? name : null };
    if (plan[table][name] === name) delete plan[table][name];
  }
  return plan;
}

function show() {
  const open = new Set([...preview.querySelectorAll("details[open]")].map((one) => one.dataset.table));
  const first = preview.childElementCount === 0;
  working.hidden = true;
  preview.hidden = false;
  const title = preview.querySelector("#app-title")?.value ?? draft.title;
  const { profile } = draft;
  const tables = profile.tables.length === 1 ? "1 table" : `${profile.tables.length} tables`;
  const rows = profile.tables.reduce((sum, table) => sum + table.rows, 0);
  preview.replaceChildren(
    element("div", { class: "stack-small" },
      element("h1", {}, "This is what your files hold"),
      element("p", { class: "soft" }, `${tables}, ${rows.toLocaleString("en")} rows. Fields with the same name link tables.`)),
    ...advice(profile),
    profile.tables.length > 1 ? element("section", { class: "panel stack", "aria-label": "Data model" }, element("h2", {}, "How the tables link"), element("div", { class: "model" }, modelPicture(profile))) : null,
    ...profile.tables.map((table) => tablePanel(table, first || open.has(table.name))),
    createBar(title),
  );
}

function advice(profile) {
  const boxes = profile.warnings.map((warning) => {
    const kind = warning.level === "warning" ? "is-warning" : "";
    const buttons = warning.remedies.map((remedy) =>
      element("button", { type: "button", class: remedy.recommended ? "button is-primary" : "button", onclick: () => change(planWith([remedy]), `${remedy.label}: done.`) }, remedy.label));
    return element("div", { class: `notice ${kind}`, "data-testid": `advice-${warning.level}`, "data-kind": warning.kind },
      icon(warning.level === "warning" ? "warning" : "note"), element("p", {}, warning.message),
      buttons.length ? element("div", { class: "button-row" }, buttons) : null);
  });
  draft.notes.forEach((note) => boxes.push(element("div", { class: "notice" }, icon("note"), element("p", {}, note))));
  if (!boxes.length) return [];
  const all = profile.recommended.length
    ? element("button", { type: "button", class: "button is-primary", "data-testid": "apply-recommended", onclick: () => change(planWith(profile.recommended), "All recommended changes are made.") }, `Make all ${profile.recommended.length} recommended changes`)
    : null;
  return [element("section", { class: "stack-small", "aria-label": "Advice" }, all ? element("div", { class: "button-row" }, all) : null, boxes)];
}

function tablePanel(table, isOpen) {
  const numbers = table.fields.map((field) => ["integer", "number"].includes(field.type));
  const head = element("tr", {}, table.fields.map((field, index) => columnHead(table, field, numbers[index])));
  const body = table.preview.map((row) => element("tr", {}, row.map((text, index) =>
    element("td", { class: text === null ? "missing" : numbers[index] ? "number" : null, title: text }, text ?? "–"))));
  const leftOut = Object.entries(draft.plan[table.name] ?? {}).filter(([, to]) => to === null).map(([field]) => field);
  return element("details", { class: "panel table-panel", open: isOpen, "data-table": table.name, "data-testid": "table-panel" },
    element("summary", {}, icon("fold"), element("h2", {}, table.name), element("span", { class: "soft small" }, `${table.rows.toLocaleString("en")} rows, ${table.fields.length} fields`)),
    element("div", { class: "stack" },
      element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `First rows of ${table.name}` }, element("table", {}, element("thead", {}, head), element("tbody", {}, body))),
      leftOut.length ? element("div", { class: "left-out" }, element("span", { class: "soft small" }, "Left out:"),
        leftOut.map((field) => element("button", { type: "button", class: "button", onclick: () => takeBack(table.name, field) }, `Take ${field} back`))) : null));
}

function takeBack(table, field) {
  const plan = structuredClone(draft.plan);
  delete plan[table][field];
  change(plan, `${field} is back.`);
}

function columnHead(table, field, isNumber) {
  const missing = field.missing ? `${(field.missing * 100).toFixed(field.missing < 0.01 ? 1 : 0)} % missing` : null;
  const name = element("input", { value: field.name, "aria-label": `Name of field ${field.name} of ${table.name}`, onchange: (event) => {
    const to = event.target.value.trim();
    if (to && to !== field.name) change(planWith([{ action: "rename", table: table.name, field: field.name, to }]), `${field.name} is now ${to}.`);
    else event.target.value = field.name;
  } });
  return element("th", { scope: "col", class: isNumber ? "number" : null }, element("div", { class: "column" },
    element("div", { class: "name" }, name,
      element("button", { type: "button", class: "button is-plain is-icon", "aria-label": `Leave ${field.name} out of ${table.name}`, title: "Leave out",
        onclick: () => change(planWith([{ action: "omit", table: table.name, field: field.name }]), `${field.name} is left out.`) }, "×")),
    element("div", { class: "facts" }, element("span", { class: "badge" }, field.type), missing ? element("span", { class: "badge is-warning" }, missing) : null),
    element("span", { class: "small soft" }, field.unique ? "all different" : `${field.distinct.toLocaleString("en")} distinct`)));
}

function createBar(title) {
  const field = element("input", { id: "app-title", value: title, maxlength: 200, required: true });
  const bar = element("form", { class: "create-bar" },
    element("div", { class: "field" }, element("label", { for: "app-title" }, "Title of the app"), field),
    element("a", { class: "button", href: "/" }, "Cancel"),
    element("button", { class: "button is-primary", type: "submit", "data-testid": "create" }, "Create app"));
  bar.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      draft = await call("POST", `${address}creation/`, { title: field.value });
    } catch (error) { return toast(error.message); }
    preview.hidden = true;
    working.hidden = false;
    follow();
  });
  return bar;
}

follow();
