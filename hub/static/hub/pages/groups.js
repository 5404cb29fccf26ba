// Groups: named sets of addresses, edited as text.
import { ServerError, call, element } from "./server.js";
import { deed, follow, refresh, undoable } from "./live.js";

function edit({ id = null, name = "", people = "" } = {}) {
  const title = element("input", { name: "name", value: name, maxlength: 200, required: true, id: "group-name" });
  const list = element("textarea", { name: "people", rows: 8, id: "group-people", spellcheck: "false" });
  list.value = people;
  const problem = element("div", { class: "notice is-danger", role: "alert", hidden: true }, element("p", {}));
  const submit = element("button", { class: "button is-primary", type: "submit" }, id ? "Keep" : "Make the group");
  const form = element("form", { method: "dialog" },
    element("h2", { id: "group-title" }, id ? `Edit “${name}”` : "New group"),
    element("div", { class: "field" }, element("label", { for: "group-name" }, "Name"), title),
    element("div", { class: "field" }, element("label", { for: "group-people" }, "E-mail addresses"), list,
      element("div", { class: "help" }, "By commas or lines, with names or without. Whoever is new is invited to what the group has; whoever is gone loses it.")),
    problem,
    element("div", { class: "foot" }, element("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Cancel"), submit));
  const dialog = element("dialog", { "aria-labelledby": "group-title", "data-testid": "group-dialog" }, form);
  dialog.addEventListener("close", () => dialog.remove());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const body = { name: title.value, people: list.value };
    try {
      const done = await (id ? call("PUT", `/api/groups/${id}/`, body) : call("POST", "/api/groups/", body));
      dialog.close();
      await refresh();
      undoable(id ? "The group is kept." : "The group is made.", done);
    } catch (error) {
      problem.firstChild.textContent = error instanceof ServerError ? error.message : "Something went wrong. Try again.";
      problem.hidden = false;
    } finally {
      submit.disabled = false;
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  (name ? list : title).focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const entry = button?.closest("[data-group]");
  if (button?.matches("[data-new]")) edit();
  if (button?.matches("[data-edit]")) {
    edit({ id: entry.dataset.group, name: entry.dataset.name, people: entry.querySelector("[data-people]").content.textContent.trim() });
  }
  if (button?.matches("[data-delete]")) deed(`“${entry.dataset.name}” is deleted; what people had by it is ended.`, "DELETE", `/api/groups/${entry.dataset.group}/`);
});

follow();
