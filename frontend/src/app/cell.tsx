// One chart on the sheet: the drawing itself, what covers it while it loads, is wrong or is being edited.
import { useRef } from "preact/hooks";
import { drawingInfo } from "../charts/kinds";
import type { Problem } from "../charts/problems";
import type { Cell, Place } from "../model/grid";
import type { Workspace } from "../model/workspace";
import { useObservable } from "../shared/observable";
import type { Arrange } from "./dragging";
import { useDrawing } from "./drawing";
import { Icon, IconButton } from "./icons";

interface CellProps {
  workspace: Workspace;
  cell: Cell;
  editing: boolean;
  /** Moves the chart by keys; null where charts cannot be moved. */
  onArrange: Arrange | null;
}

const ARROWS: Record<string, [keyof Place, keyof Place, number]> = {
  ArrowLeft: ["x", "w", -1],
  ArrowRight: ["x", "w", 1],
  ArrowUp: ["y", "h", -1],
  ArrowDown: ["y", "h", 1],
};

export function ChartCell({ workspace, cell, editing, onArrange }: CellProps) {
  const place = useRef<HTMLDivElement>(null);
  const drawing = useDrawing(workspace, cell.name, cell.type, place);
  const panel = useObservable(workspace.panel);
  const isSelected = editing && panel?.kind === "chart" && panel.id === cell.name;
  const kind = drawingInfo(cell.type)?.label ?? cell.type;
  const name = drawing.title ? `${drawing.title}, ${kind}` : kind;
  return (
    <section
      class={`cell is-${cell.type}${isSelected ? " is-selected" : ""}`}
      role="region"
      aria-label={name}
      aria-busy={drawing.state === "loading"}
      data-testid="chart-cell"
      data-object-id={cell.name}
      data-type={cell.type}
      data-state={drawing.state}
      data-updates={drawing.updates}
    >
      <div class="cell-chart" ref={place} inert={editing || drawing.problems.length > 0} />
      {drawing.state === "loading" && <Loading type={cell.type} />}
      {drawing.problems.length > 0 && <Problems title={drawing.title} problems={drawing.problems} />}
      {editing && <Cover workspace={workspace} cell={cell} name={name} isSelected={isSelected} onArrange={onArrange} />}
    </section>
  );
}

function Loading({ type }: { type: string }) {
  return (
    <div class={`cell-loading is-${type}`} aria-hidden="true">
      <span class="skeleton cell-loading-title" />
      <span class="skeleton cell-loading-body" />
    </div>
  );
}

function Problems({ title, problems }: { title: string; problems: Problem[] }) {
  return (
    <div class="cell-problems" role="note" data-testid="chart-problems">
      {title && <strong class="cell-problems-title">{title}</strong>}
      <Icon name="warning" size={24} />
      <ul>
        {problems.map(({ what, why }) => (
          <li key={what}>
            <b>{what}</b> cannot be shown. {why}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Cover({ workspace, cell, name, isSelected, onArrange }: { workspace: Workspace; cell: Cell; name: string; isSelected: boolean; onArrange: Arrange | null }) {
  const select = () => void (workspace.panel.value = { kind: "chart", id: cell.name });
  const onKeyDown = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    if (arrow && onArrange) onArrange(cell.name, { [event.shiftKey ? arrow[1] : arrow[0]]: arrow[2] });
    else if (event.key === "Enter" || event.key === " ") select();
    else if (event.key === "Delete" || event.key === "Backspace") void workspace.removeChart(cell.name);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div
        class="cell-cover"
        role="button"
        tabIndex={0}
        aria-pressed={isSelected}
        aria-label={`Edit ${name}`}
        aria-describedby="arrange-help"
        data-testid="chart-cover"
        onClick={select}
        onKeyDown={onKeyDown}
      />
      <div class="cell-tools" role="group" aria-label={name}>
        <IconButton icon="sliders" label="Settings" onClick={select} size={16} testId="chart-settings" />
        {workspace.canPublish && drawingInfo(cell.type)?.load && <IconButton icon="globe" label="Publish chart" onClick={() => void (workspace.publishing.value = { object: cell.name })} size={16} testId="publish-chart" />}
        <IconButton icon="copy" label="Duplicate" onClick={() => void workspace.duplicateChart(cell.name)} size={16} testId="duplicate-chart" />
        <IconButton icon="trash" label="Remove" onClick={() => void workspace.removeChart(cell.name)} size={16} testId="remove-chart" />
      </div>
    </>
  );
}
