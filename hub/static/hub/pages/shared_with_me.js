// The Hub's other side: invitations that wait, apps of others. Follows what others do while the page is seen.
import { call } from "./server.js";
import { deed, follow, refresh, told } from "./live.js";
import { openShare, wasInterrupted } from "./share.js";

const waiting = () => [...document.querySelectorAll("[data-invitation]")].map((one) => one.dataset.invitation);
const seen = () => waiting().length && call("POST", "/api/invitations/seen/").catch(() => null);

function badge() {
  const count = waiting().length;
  document.title = document.title.replace(/^\(\d+\) /, "");
  if (count) document.title = `(${count}) ${document.title}`;
}

async function changed() {
  const [invitations, apps] = await Promise.all([call("GET", "/api/invitations/"), call("GET", "/api/apps/")]);
  const shared = apps.filter(({ level }) => level !== "owner").map(({ id, level }) => `${id} ${level}`).sort().join();
  const isNew = invitations.map(({ id }) => id).join() !== waiting().join() || (changed.shared ?? shared) !== shared;
  changed.shared = shared;
  return isNew;
}

async function answer(entry, how) {
  const path = `/api/invitations/${entry.dataset.invitation}/${how}/`;
  if (how === "accept") {
    await call("POST", path).then(({ app }) => location.assign(`/app/${app}/`), (error) => { told(error); return refresh(); });
    return;
  }
  await deed("Declined.", "POST", path);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.matches("[data-answer]")) answer(button.closest("[data-invitation]"), button.dataset.answer);
  if (button?.matches("[data-leave]")) {
    const { app, title } = button.closest("[data-app]").dataset;
    deed(`You have left “${title}”.`, "DELETE", `/api/apps/${app}/access/`);
  }
  if (button?.matches(".card [data-share]")) openShare(button.closest("[data-app]").dataset);
});

new MutationObserver(() => { badge(); seen(); }).observe(document.querySelector('[data-live="waiting"]'), { childList: true, subtree: true });
badge();
seen();
follow(changed);
for (const card of document.querySelectorAll("[data-lobby] [data-app]")) if (wasInterrupted(card.dataset.app)) openShare(card.dataset);
