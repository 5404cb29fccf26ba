// Parts of a page that follow what others do: fetched anew, and put in place where they have changed.
import { ServerError, call, toast } from "./server.js";

const POLL_MILLISECONDS = 5000;
const TYPING = "input, select, textarea";

export const told = (error) => toast(error instanceof ServerError ? error.message : "Something went wrong. Try again.");

// Open details and what is being typed stay as they are.
function replace(old, fresh) {
  if (old.innerHTML === fresh.innerHTML || (old.contains(document.activeElement) && document.activeElement.matches(TYPING))) return;
  const open = [...old.querySelectorAll("details[data-keep]")].map((one) => [one.dataset.keep, one.open]);
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
  for (const [name, isOpen] of open) fresh.querySelector(`details[data-keep="${name}"]`)?.toggleAttribute("open", isOpen);
  old.replaceChildren(...fresh.childNodes);
  if (focused) [...old.querySelectorAll("[aria-label]")].find((one) => one.getAttribute("aria-label") === focused)?.focus();
}

export async function refresh() {
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const found = fresh.querySelector(`[data-live="${old.dataset.live}"]`);
    if (found) replace(old, found);
  }
}

// Looks again while the page is seen, and when it is seen again. `changed` answers whether there is something new.
export function follow(changed = async () => true) {
  const look = async () => {
    if (document.visibilityState === "visible" && !document.querySelector("dialog[open]") && (await changed().catch(() => false))) await refresh();
  };
  setInterval(look, POLL_MILLISECONDS);
  document.addEventListener("visibilitychange", look);
}

// Say what has been done, with the way back while there is one.
export function undoable(text, done) {
  toast(text, "Undo", () => call("POST", `/api/deeds/${done.undo}/undo/`).then(refresh, told), done.undo_seconds);
}

// Do something that can be undone for a while.
export async function deed(text, method, path, body) {
  try {
    const done = await call(method, path, body);
    await refresh();
    undoable(text, done);
    return done;
  } catch (error) {
    told(error);
    await refresh();
    return null;
  }
}
