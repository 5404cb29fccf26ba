// The Hub: files by button or by dropping, rename in place, delete with undo, bring back.
import { ServerError, call, element, size, toast, upload } from "./server.js";

const lobby = document.querySelector("[data-lobby]");
const panel = lobby.querySelector("[data-uploads]");
const list = panel.querySelector(".uploads");
const next = panel.querySelector("[data-continue]");
const input = lobby.querySelector("input[type=file]");
const uploads = [];
let leaving = false;

const told = (error) => toast(error instanceof ServerError ? error.message : "Something went wrong. Try again.");

function add(file) {
  const progress = element("progress", { max: 1, value: 0, "aria-label": `Upload of ${file.name}` });
  const state = element("span", { class: "soft small", role: "status" }, size(file.size));
  const entry = { file, state: "running", stored: null };
  const stop = element("button", { type: "button", class: "button is-plain", "aria-label": `Remove ${file.name}`, onclick: () => remove(entry) }, "Remove");
  entry.row = element("div", { class: "upload", "data-testid": "upload" }, element("span", { class: "name" }, file.name), state, stop, progress);
  list.append(entry.row);
  uploads.push(entry);
  const limit = Number(lobby.dataset.uploadMax);
  if (file.size > limit) return fail(entry, state, `${size(file.size)}: a file may have ${size(limit)}. Split it, or save it as Parquet.`);
  const running = upload(file, (share) => { progress.value = share; state.textContent = share < 1 ? `${Math.floor(share * 100)} % of ${size(file.size)}` : "Encrypting"; });
  entry.cancel = running.cancel;
  running.done.then((stored) => { entry.state = "done"; entry.stored = stored; progress.value = 1; state.textContent = size(file.size); refresh(); },
    (error) => fail(entry, state, error.message));
}

function fail(entry, state, message) {
  entry.state = "failed";
  state.textContent = message;
  entry.row.classList.add("errorlist");
  refresh();
}

async function remove(entry) {
  uploads.splice(uploads.indexOf(entry), 1);
  entry.row.remove();
  if (entry.state === "running") entry.cancel?.();
  if (entry.stored) await call("DELETE", `/api/files/${entry.stored.id}/`).catch(told);
  refresh();
}

function refresh() {
  panel.hidden = uploads.length === 0;
  const done = uploads.filter((entry) => entry.state === "done");
  const running = uploads.some((entry) => entry.state === "running");
  next.disabled = running || done.length === 0;
  if (!running && done.length && done.length === uploads.length) start();
}

// Goes on by itself once every file has arrived; where one failed, the person decides.
async function start() {
  if (leaving) return;
  leaving = true;
  next.disabled = true;
  try {
    const draft = await call("POST", "/api/drafts/", { files: uploads.filter((entry) => entry.stored).map((entry) => entry.stored.id) });
    location.assign(`/new/${draft.id}/`);
  } catch (error) {
    leaving = false;
    next.disabled = false;
    told(error);
  }
}

function take(files) {
  if (!files.length) return;
  panel.hidden = false;
  for (const file of files) add(file);
  refresh();
  panel.scrollIntoView({ block: "nearest" });
}

input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
lobby.querySelector("[data-choose]").addEventListener("click", () => input.click());
next.addEventListener("click", start);
panel.querySelector("[data-cancel-all]").addEventListener("click", () => [...uploads].forEach(remove));

const veil = lobby.querySelector(".drop-veil");
let depth = 0;
const holdsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
addEventListener("dragenter", (event) => { if (holdsFiles(event)) { depth += 1; veil.hidden = false; } });
addEventListener("dragleave", (event) => { if (holdsFiles(event)) { depth -= 1; veil.hidden = depth > 0 ? false : true; } });
addEventListener("dragover", (event) => { if (holdsFiles(event)) event.preventDefault(); });
addEventListener("drop", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  depth = 0;
  veil.hidden = true;
  take([...event.dataTransfer.files]);
});
addEventListener("beforeunload", (event) => { if (!leaving && uploads.some((entry) => entry.state === "running")) event.preventDefault(); });

function rename(card) {
  const link = card.querySelector(".card-title");
  const field = element("input", { value: card.dataset.title, "aria-label": "Title", maxlength: 200, class: "card-rename" });
  let ended = false;
  const end = async (keep) => {
    if (ended) return;
    ended = true;
    const title = field.value.trim();
    field.replaceWith(link);
    if (!keep || !title || title === card.dataset.title) return;
    try {
      const app = await call("PATCH", `/api/apps/${card.dataset.app}/`, { title });
      card.dataset.title = link.textContent = app.title;
    } catch (error) { told(error); }
    link.focus();
  };
  field.addEventListener("blur", () => end(true));
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") end(true); if (event.key === "Escape") end(false); });
  link.replaceWith(field);
  field.select();
}

// Apps come back by Undo; the charts published from them do not, so that is asked first.
function ask_about_charts(card) {
  const number = Number(card.dataset.charts);
  if (!number) return remove_app(card);
  return toast(`“${card.dataset.title}” has ${number} published ${number === 1 ? "chart, which ends" : "charts, which end"} for good with it.`, "Delete", () => remove_app(card));
}

async function remove_app(card) {
  try {
    await call("DELETE", `/api/apps/${card.dataset.app}/`);
  } catch (error) { return told(error); }
  const place = card.nextElementSibling, parent = card.parentElement;
  card.remove();
  toast(`“${card.dataset.title}” is deleted.`, "Undo", async () => {
    try {
      await call("POST", `/api/apps/${card.dataset.app}/restore/`);
      parent.insertBefore(card, place?.isConnected ? place : null);
    } catch (error) { told(error); }
  });
}

lobby.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const card = button.closest("[data-app]");
  if (button.matches("[data-rename]")) rename(card);
  if (button.matches("[data-delete]")) await ask_about_charts(card);
  if (button.matches("[data-restore]")) await call("POST", `/api/apps/${button.dataset.restore}/restore/`).then(() => location.reload(), told);
  if (button.matches("[data-delete-file]")) {
    if (button.dataset.sure !== "yes") { button.dataset.sure = "yes"; button.textContent = "Delete for good?"; return; }
    await call("DELETE", `/api/files/${button.dataset.deleteFile}/`).then(() => button.closest("tr").remove(), told);
  }
});
