// The sheets as tabs. In edit mode the open tab can be renamed, moved and removed, and sheets are added.
import { useRef, useState } from "preact/hooks";
import type { Sheet } from "../model/sheets";
import type { Workspace } from "../model/workspace";
import { useObservable } from "../shared/observable";
import { Icon, IconButton } from "./icons";

export function Tabs({ workspace }: { workspace: Workspace }) {
  const sheets = useObservable(workspace.sheets);
  const editing = useObservable(workspace.editing);
  useObservable(workspace.openSheet);
  const open = workspace.sheet;
  const list = useRef<HTMLDivElement>(null);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !sheets || !open || (event.target as Element).matches("input")) return;
    const at = sheets.findIndex(({ id }) => id === open.id);
    const next = sheets[(at + step + sheets.length) % sheets.length];
    if (!next) return;
    event.preventDefault();
    workspace.show(next.id);
    list.current?.querySelector<HTMLElement>(`[data-sheet-id="${CSS.escape(next.id)}"]`)?.focus();
  };

  if (!sheets) return <div class="tabs is-loading" aria-hidden="true"><span class="skeleton tab-bone" /><span class="skeleton tab-bone" /></div>;
  if (sheets.length === 0 && !editing) return <div class="tabs is-empty" />;
  return (
    <div class="tabs">
      <div class="tab-list" role="tablist" aria-label="Sheets" ref={list} onKeyDown={onKeyDown}>
        {sheets.map((sheet) => (
          <Tab key={sheet.id} workspace={workspace} sheet={sheet} isOpen={sheet.id === open?.id} editing={editing && workspace.mayEdit(sheet)} />
        ))}
      </div>
      {editing && (
        <>
          <IconButton icon="plus" label={workspace.editsApp ? "Add a sheet" : "Add a sheet of your own"} onClick={() => void workspace.addSheet()} testId="add-sheet" />
          {open && workspace.mayEdit(open) && <SheetActions workspace={workspace} sheet={open} sheets={sheets.filter((sheet) => workspace.mayEdit(sheet))} />}
        </>
      )}
    </div>
  );
}

function SheetActions({ workspace, sheet, sheets }: { workspace: Workspace; sheet: Sheet; sheets: Sheet[] }) {
  const at = sheets.findIndex(({ id }) => id === sheet.id);
  return (
    <div class="sheet-actions" role="group" aria-label={`Sheet ${sheet.title}`}>
      <IconButton icon="left" label="Move sheet left" disabled={at <= 0} onClick={() => void workspace.moveSheet(sheet.id, -1)} testId="move-sheet-left" />
      <IconButton
        icon="right"
        label="Move sheet right"
        disabled={at >= sheets.length - 1}
        onClick={() => void workspace.moveSheet(sheet.id, 1)}
        testId="move-sheet-right"
      />
      <IconButton icon="trash" label="Remove sheet" onClick={() => void workspace.removeSheet(sheet.id)} testId="remove-sheet" />
    </div>
  );
}

interface TabProps {
  workspace: Workspace;
  sheet: Sheet;
  isOpen: boolean;
  editing: boolean;
}

function Tab({ workspace, sheet, isOpen, editing }: TabProps) {
  const [renaming, setRenaming] = useState(false);
  if (editing && renaming) {
    return <TabName sheet={sheet} onDone={(title) => {
      setRenaming(false);
      if (title !== null) void workspace.renameSheet(sheet.id, title);
    }} />;
  }
  const rename = () => editing && setRenaming(true);
  return (
    <button
      type="button"
      role="tab"
      class={isOpen ? "tab is-open" : "tab"}
      aria-selected={isOpen}
      aria-controls="sheet"
      tabIndex={isOpen ? 0 : -1}
      data-testid="sheet-tab"
      data-sheet-id={sheet.id}
      title={editing && isOpen ? "Click to rename" : sheet.isPrivate ? "Your own sheet: nobody else sees it" : undefined}
      data-private={sheet.isPrivate}
      onClick={() => (isOpen ? rename() : workspace.show(sheet.id))}
      onKeyDown={(event) => event.key === "F2" && rename()}
    >
      {sheet.isPrivate && <Icon name="person" size={14} />}
      {sheet.title}
      {editing && isOpen && <Icon name="pencil" size={14} />}
    </button>
  );
}

function TabName({ sheet, onDone }: { sheet: Sheet; onDone: (title: string | null) => void }) {
  const [title, setTitle] = useState(sheet.title);
  const isDone = useRef(false);
  const finish = (value: string | null) => {
    if (isDone.current) return;
    isDone.current = true;
    onDone(value);
  };
  return (
    <input
      class="tab-name"
      aria-label="Name of the sheet"
      data-testid="sheet-name"
      value={title}
      maxLength={80}
      size={Math.max(8, title.length)}
      ref={(element) => {
        if (element && document.activeElement !== element) element.select();
      }}
      onInput={(event) => setTitle(event.currentTarget.value)}
      onBlur={() => finish(title)}
      onKeyDown={(event) => {
        if (event.key === "Enter") finish(title);
        if (event.key === "Escape") finish(null);
      }}
    />
  );
}
