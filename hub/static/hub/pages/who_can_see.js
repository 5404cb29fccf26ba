// Who can see an app: invite, change, end, stop for all and share again; everything can be undone for a while.
import { deed, follow } from "./live.js";
import { openShare, wasInterrupted } from "./share.js";

const page = document.querySelector("[data-sharing]");
const app = page.dataset.sharing;
const base = `/api/apps/${app}`;
const share = () => openShare({ app, title: page.dataset.title });

const DEEDS = {
  "[data-stop]": () => deed("Nobody but you has access now.", "PATCH", `${base}/sharing/`, { stopped: true }),
  "[data-again]": () => deed("Everybody who had accepted has access again.", "PATCH", `${base}/sharing/`, { stopped: false }),
  "[data-resend]": ({ invitation, address }) => deed(`A new mail goes to ${address}; the old link is dead.`, "POST", `${base}/invitations/${invitation}/resend/`),
  "[data-end]": ({ invitation, address, state }) =>
    deed(state === "accepted" ? `${address} has no access any more.` : `The invitation of ${address} is withdrawn.`, "DELETE", `${base}/invitations/${invitation}/`),
  "[data-unshare]": ({ shareId }) => deed("The app is not shared with the group any more.", "DELETE", `${base}/groups/${shareId}/`),
};

page.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.matches("[data-share]")) share();
  for (const [which, act] of Object.entries(DEEDS)) if (button?.matches(which)) act(button.closest("li")?.dataset ?? {});
});

page.addEventListener("change", (event) => {
  const { target } = event;
  const entry = target.closest("[data-invitation]");
  if (!entry) return;
  const { invitation, address } = entry.dataset;
  const path = `${base}/invitations/${invitation}/`;
  target.blur();
  if (target.matches("[data-role]")) deed(`${address} is ${target.value} now.`, "PATCH", path, { role: target.value });
  if (target.matches("[data-until]")) {
    const until = target.value ? new Date(`${target.value}T23:59:59`).toISOString() : null;
    deed(until ? `The access of ${address} ends on ${target.value}.` : `The access of ${address} has no end.`, "PATCH", path, { until });
  }
});

page.addEventListener("input", (event) => {
  const form = event.target.closest("[data-limit]");
  if (form) form.querySelector("[data-warning]").hidden = Number(event.target.value) <= Number(form.dataset.default);
});

page.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-limit]");
  if (!form) return;
  event.preventDefault();
  document.activeElement?.blur();
  const wanted = Number(form.elements.values.value);
  deed("The limit is kept.", "PATCH", `${base}/sharing/`, { values_an_hour: wanted === Number(form.dataset.default) ? null : wanted });
});

follow();
if (wasInterrupted(app)) share();
