// The top line: back to the hub, the app's name, how saving stands, undo and redo, edit, light or dark.
import type { SaveState } from "../model/saver";
import type { Workspace } from "../model/workspace";
import { useObservable } from "../shared/observable";
import { BookmarkMenu } from "./bookmarks";
import { Icon, IconButton } from "./icons";
import { mode, toggleTheme } from "./theme";

const SAVE_TEXTS: Record<SaveState, string> = {
  saved: "Saved",
  unsaved: "Saving…",
  saving: "Saving…",
  failed: "Not saved",
};

interface HeaderProps {
  workspace: Workspace;
  title: string;
  person: string;
  /** The address of the product's logo. */
  logo: string;
}

export function Header({ workspace, title, person, logo }: HeaderProps) {
  const editing = useObservable(workspace.editing);
  const opened = useObservable(workspace.opened);
  const theme = useObservable(mode);
  return (
    <header class="header">
      <a class="home" href="/" aria-label="All apps" title="All apps">
        <Icon name="back" />
        {logo && <img class="home-mark" src={logo} alt="" />}
      </a>
      <h1 class="app-title" title={title}>
        {title}
      </h1>
      <div class="header-actions">
        {workspace.editsApp && <SaveStatus workspace={workspace} />}
        {editing && <Steps workspace={workspace} />}
        <BookmarkMenu workspace={workspace} />
        <IconButton
          icon={theme === "dark" ? "sun" : "moon"}
          label={theme === "dark" ? "Use light colours" : "Use dark colours"}
          onClick={toggleTheme}
          testId="theme-toggle"
        />
        <span class="person" title={person} aria-hidden="true">
          {person.slice(0, 1).toUpperCase()}
        </span>
        {workspace.level === "owner" && (
          <a class="button" href={`${location.pathname}sharing/`} aria-label="Share" title="Who can see this" data-testid="share-link">
            <Icon name="share" size={18} />
            <span>Share</span>
          </a>
        )}
        <button
          type="button"
          class={editing ? "button is-primary" : "button"}
          data-testid="edit-toggle"
          aria-label={editing ? "Done" : workspace.editsApp ? "Edit" : "My sheets"}
          aria-pressed={editing}
          disabled={!opened}
          onClick={() => workspace.setEditing(!editing)}
        >
          <Icon name={editing ? "check" : "pencil"} size={18} />
          <span>{editing ? "Done" : workspace.editsApp ? "Edit" : "My sheets"}</span>
        </button>
      </div>
    </header>
  );
}

function SaveStatus({ workspace }: { workspace: Workspace }) {
  const state = useObservable(workspace.saver.state);
  const editing = useObservable(workspace.editing);
  return (
    <span class={`save-state is-${state}`} data-testid="save-state" data-state={state} role="status" hidden={!editing && state === "saved"}>
      <Icon name={state === "failed" ? "warning" : "cloud"} size={16} />
      <span class="save-text">{SAVE_TEXTS[state]}</span>
      {state === "failed" && (
        <button type="button" class="link" onClick={() => void workspace.saver.flush()}>
          Try again
        </button>
      )}
    </span>
  );
}

function Steps({ workspace }: { workspace: Workspace }) {
  const steps = useObservable(workspace.history.steps);
  return (
    <>
      <IconButton
        icon="undo"
        label={steps.undo ? `Undo: ${steps.undo}` : "Nothing to undo"}
        disabled={!steps.undo}
        onClick={() => void workspace.undo()}
        testId="undo"
      />
      <IconButton
        icon="redo"
        label={steps.redo ? `Redo: ${steps.redo}` : "Nothing to redo"}
        disabled={!steps.redo}
        onClick={() => void workspace.redo()}
        testId="redo"
      />
    </>
  );
}
