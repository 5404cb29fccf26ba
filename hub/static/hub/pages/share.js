// The dialogue in which an app is shared: addresses as pasted, groups, role, an end, a message.
import { ServerError, call, element } from "./server.js";
import { refresh, told, undoable } from "./live.js";

const KEPT = (app) => `share ${app}`;

function field(label, control, help) {
  const id = `share-${label.toLowerCase().replace(/[^a-z]+/g, "-")}`;
  control.id = id;
  const parts = [element("label", { for: id }, label), control];
  if (help) {
    control.setAttribute("aria-describedby", `${id}-help`);
    parts.push(element("div", { class: "help", id: `${id}-help` }, help));
  }
  return element("div", { class: "field" }, ...parts);
}

function groupBoxes(groups) {
  if (!groups.length) return null;
  const boxes = groups.map(({ id, name, people }) =>
    element("label", { class: "check" }, element("input", { type: "checkbox", name: "groups", value: id }), `${name} (${people.length})`));
  return element("fieldset", { class: "groups" }, element("legend", {}, "Groups"), ...boxes);
}

// What was typed survives a detour to the log-in page.
function keep(app, form) {
  sessionStorage.setItem(KEPT(app), JSON.stringify(Object.fromEntries(new FormData(form))));
}

function restore(app, form) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT(app)) ?? "{}");
  sessionStorage.removeItem(KEPT(app));
  for (const name of ["people", "role", "until", "message"]) if (kept[name]) form.elements[name].value = kept[name];
}

export const wasInterrupted = (app) => sessionStorage.getItem(KEPT(app)) !== null;

function asked(form) {
  const data = new FormData(form);
  const until = data.get("until");
  return {
    people: data.get("people"),
    groups: data.getAll("groups"),
    role: data.get("role"),
    until: until ? new Date(`${until}T23:59:59`).toISOString() : null,
    message: data.get("message"),
  };
}

function summary({ invited, passed_over: passed }, groups) {
  const parts = [];
  if (invited || !groups) parts.push(invited === 1 ? "One person is invited." : `${invited} people are invited.`);
  if (groups) parts.push(groups === 1 ? "The group is invited." : `${groups} groups are invited.`);
  if (passed) parts.push(passed === 1 ? "One was invited before." : `${passed} were invited before.`);
  return parts.join(" ");
}

export async function openShare({ app, title }) {
  let groups = [];
  try { groups = await call("GET", "/api/groups/"); } catch (error) { return told(error); }
  const people = element("textarea", { name: "people", rows: 3, autocomplete: "off", spellcheck: "false" });
  const role = element("select", { name: "role" },
    element("option", { value: "viewer" }, "Viewer"),
    element("option", { value: "editor" }, "Editor"));
  const until = element("input", { type: "date", name: "until", min: new Date().toISOString().slice(0, 10) });
  const message = element("textarea", { name: "message", rows: 2, maxlength: 1000 });
  const problem = element("div", { class: "notice is-danger", role: "alert", hidden: true }, element("p", {}));
  const submit = element("button", { class: "button is-primary", type: "submit" }, "Share");
  const form = element("form", { method: "dialog" },
    element("h2", { id: "share-title" }, `Share “${title}”`),
    field("E-mail addresses", people, "As many as you like, with names or without, by commas or lines. Each gets a mail with a link of his own."),
    groupBoxes(groups),
    element("div", { class: "two" }, field("Role", role, "Viewers explore for themselves; editors change your sheets, too."), field("Access ends on", until, "Empty: when you end it.")),
    field("Message", message, "Plain text; links in it are not made clickable."),
    problem,
    element("div", { class: "foot" },
      element("a", { href: `/app/${app}/sharing/` }, "Who can see this"),
      element("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Cancel"),
      submit));
  const dialog = element("dialog", { "aria-labelledby": "share-title", "data-testid": "share-dialog" }, form);
  const say = (...content) => { problem.firstChild.replaceChildren(...content); problem.hidden = false; problem.scrollIntoView({ block: "nearest" }); };
  dialog.addEventListener("close", () => dialog.remove());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    submit.disabled = true;
    const wanted = asked(form);
    try {
      const done = await call("POST", `/api/apps/${app}/invitations/`, wanted);
      dialog.close();
      await refresh();
      undoable(summary(done, wanted.groups.length), done);
    } catch (error) {
      if (error instanceof ServerError && error.code === "login_too_old") {
        keep(app, form);
        const again = `/account/reauthenticate/?next=${encodeURIComponent(location.pathname)}`;
        say(`${error.message} `, element("a", { href: again }, "Enter the password"), "; what you have typed is kept.");
      } else say(error.message);
    } finally {
      submit.disabled = false;
    }
  });
  document.body.append(dialog);
  restore(app, form);
  dialog.showModal();
  people.focus();
}
