// The whole page: header, sheets, selections, the sheet itself, and the panel beside it.
import { useEffect } from "preact/hooks";
import type { Workspace } from "../model/workspace";
import { useObservable } from "../shared/observable";
import { PublishDialog } from "../publish/dialog";
import { Banner, Ended } from "./connection";
import { Header } from "./header";
import { Panel } from "./panel";
import { SelectionsBar } from "./selections";
import { SheetView } from "./sheet";
import { Tabs } from "./tabs";
import { Toasts } from "./toasts";

interface PageProps {
  workspace: Workspace;
  title: string;
  person: string;
  logo: string;
}

export function Page({ workspace, title, person, logo }: PageProps) {
  const link = useObservable(workspace.link.state);
  const editing = useObservable(workspace.editing);
  const wasOpen = useObservable(workspace.opened) !== null;
  useShortcuts(workspace);
  if (link.kind === "ended") return <Ended why={link.why} />;
  return (
    <div class={editing ? "page is-editing" : "page"}>
      <a class="skip" href="#sheet">
        Skip to the sheet
      </a>
      <Header workspace={workspace} title={title} person={person} logo={logo} />
      <Banner workspace={workspace} />
      <Tabs workspace={workspace} />
      <SelectionsBar workspace={workspace} />
      <div class="stage" inert={link.kind === "waiting" && wasOpen}>
        <SheetView workspace={workspace} />
        <Panel workspace={workspace} />
      </div>
      <PublishDialog workspace={workspace} />
      <Toasts workspace={workspace} />
    </div>
  );
}

const TYPING = "input, textarea, select, [contenteditable]";

function useShortcuts(workspace: Workspace): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!workspace.editing.value || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
      if (event.target instanceof Element && event.target.closest(TYPING)) return;
      event.preventDefault();
      void (event.shiftKey ? workspace.redo() : workspace.undo());
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [workspace]);
}
