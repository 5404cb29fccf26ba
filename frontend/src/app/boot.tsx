// Starts the page: reads its settings from the element that the server wrote, opens the app, draws.
import { render } from "preact";
import { Workspace, type Level } from "../model/workspace";
import { Page } from "./page";
import { followTheme, mode } from "./theme";

export function boot(): void {
  const root = document.getElementById("workspace");
  if (!root) throw new Error("The page has no #workspace element.");
  const { appId = "", appTitle = "", socketPath = "", level, canPublish, userEmail = "", logoUrl = "" } = root.dataset;
  followTheme();
  const address = new URL(socketPath, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const workspace = new Workspace(address.href, appId, level as Level, mode.value);
  workspace.canPublish = canPublish === "true";
  mode.subscribe((next) => workspace.setMode(next));
  render(<Page workspace={workspace} title={appTitle} person={userEmail} logo={logoUrl} />, root);
  const published = new URLSearchParams(location.search).get("published");
  if (published && workspace.canPublish) {
    const stop = workspace.opened.subscribe(() => {
      stop();
      workspace.publishing.value = { published };
    });
  }
  void workspace.link.connect();
}
