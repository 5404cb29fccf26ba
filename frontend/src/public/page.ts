// The public page and the embedded chart. What the server sent can be read as it is; this brings it to life.
import "./public.css";
import type { Texts } from "./controls";
import { bringToLife } from "./drawn";
import { element } from "./elements";
import { askForEntrance, buildPage } from "./entrance";
import type { Snapshot } from "./snapshot";
import { countView, tellHeight } from "./surroundings";
import { followTheme } from "./theme";

const load = () => import("./chart");
const read = <T>(id: string): T | null => JSON.parse(document.getElementById(id)?.textContent || "null") as T | null;

const said = read<Texts>("texts") ?? {};
const snapshot = read<Snapshot>("snapshot");
const { mode, slug } = document.body.dataset;
const count = () => slug && countView(slug, mode === "embed");

if (snapshot) {
  bringToLife(snapshot, said, load);
  count();
} else if (document.querySelector("[data-entrance]")) {
  followTheme("auto", () => undefined);
  askForEntrance(said, (found) => {
    buildPage(found, said, element);
    bringToLife(found, said, load);
    count();
  });
}
if (mode === "embed") tellHeight();
