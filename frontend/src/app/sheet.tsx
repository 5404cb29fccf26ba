// The open sheet: its charts on the grid, or what to do when there is nothing to show.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Workspace } from "../model/workspace";
import { COLUMNS, ROWS_IN_VIEW, inReadingOrder, rowsUsed, type Cell } from "../model/grid";
import type { Sheet } from "../model/sheets";
import { useObservable } from "../shared/observable";
import { ChartCell } from "./cell";
import { Icon, type IconName } from "./icons";
import { useDragging } from "./dragging";

const NARROW_PX = 720;
const LEAST_ROW_PX = 40;
const FLOW_HEIGHT: Record<string, number> = { kpi: 150, listbox: 300 };
const USUAL_FLOW_HEIGHT = 320;

export function SheetView({ workspace }: { workspace: Workspace }) {
  const opened = useObservable(workspace.opened);
  useObservable(workspace.sheets);
  useObservable(workspace.openSheet);
  const isOn = useObservable(workspace.editing);
  const hasData = useObservable(workspace.hasData);
  const sheet = workspace.sheet;
  const editing = isOn && workspace.mayEdit(sheet);
  const scroller = useRef<HTMLDivElement>(null);
  const room = useRoom(scroller);
  return (
    <main class="stage-main">
      <div class="sheet" id="sheet" role="tabpanel" aria-label={sheet ? `Sheet ${sheet.title}` : "Sheet"} tabIndex={-1} ref={scroller} data-testid="sheet">
      {!opened ? (
        <Skeleton />
      ) : !hasData ? (
        <Empty icon="table" title="This app has no data yet" text="Add files to it in the hub, then come back to draw them." href="/" action="Go to the hub" />
      ) : !sheet ? (
        <NoSheet workspace={workspace} />
      ) : sheet.cells.length === 0 ? (
        <EmptySheet workspace={workspace} editing={editing} />
      ) : room ? (
        <Grid key={`${opened.generation}/${sheet.id}`} workspace={workspace} sheet={sheet} editing={editing} room={room} />
      ) : null}
      </div>
    </main>
  );
}

interface Room {
  width: number;
  height: number;
}

function useRoom(element: { current: HTMLElement | null }): Room | null {
  const [room, setRoom] = useState<Room | null>(null);
  useEffect(() => {
    if (!element.current) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setRoom({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return room;
}

interface GridProps {
  workspace: Workspace;
  sheet: Sheet;
  editing: boolean;
  room: Room;
}

function Grid({ workspace, sheet, editing, room }: GridProps) {
  const narrow = innerWidth < NARROW_PX;
  const rowHeight = Math.max(LEAST_ROW_PX, Math.floor(room.height / ROWS_IN_VIEW));
  const container = useRef<HTMLDivElement>(null);
  const arrange = useDragging(container, sheet.cells, rowHeight, editing && !narrow, (cells) => void workspace.placeCharts(sheet.id, cells));
  // Reading order is the order of the Tab key; while editing the order stands still, so that focus is not lost.
  const cells = editing ? sheet.cells : inReadingOrder(sheet.cells);
  const style = {
    "--gs-column-width": `${100 / COLUMNS}%`,
    "--gs-cell-height": `${rowHeight}px`,
    height: narrow ? "auto" : `${Math.max(rowsUsed(sheet.cells), editing ? ROWS_IN_VIEW : 0) * rowHeight}px`,
  };
  return (
    <div class={`grid-stack${narrow ? " is-narrow" : ""}`} ref={container} style={style} data-testid="grid">
      {cells.map((cell) => (
        <div class="grid-stack-item" key={cell.name} gs-id={cell.name} {...position(cell)} style={narrow ? flowStyle(cell) : gridStyle(cell)}>
          <div class="grid-stack-item-content">
            <ChartCell workspace={workspace} cell={cell} editing={editing} onArrange={narrow ? null : arrange} />
          </div>
        </div>
      ))}
    </div>
  );
}

function position({ x, y, w, h }: Cell): Record<string, number> {
  return { "gs-x": x, "gs-y": y, "gs-w": w, "gs-h": h };
}

/** The same declarations that gridstack writes, so that entering edit mode moves nothing. */
function gridStyle({ x, y, w, h }: Cell): Record<string, string> {
  return {
    left: `calc(${x} * var(--gs-column-width))`,
    top: `calc(${y} * var(--gs-cell-height))`,
    width: `calc(${w} * var(--gs-column-width))`,
    height: `calc(${h} * var(--gs-cell-height))`,
  };
}

function flowStyle({ type }: Cell): Record<string, string> {
  return { height: `${FLOW_HEIGHT[type] ?? USUAL_FLOW_HEIGHT}px` };
}

function NoSheet({ workspace }: { workspace: Workspace }) {
  const start = () => {
    workspace.setEditing(true);
    void workspace.addSheet();
  };
  const text = workspace.editsApp
    ? "A sheet holds the charts that belong together. You can add more later."
    : "The owner has made none yet. You can make sheets of your own, which nobody else sees.";
  return <Empty icon="barchart" title="Make the first sheet" text={text} action="New sheet" onAction={start} testId="first-sheet" />;
}

function EmptySheet({ workspace, editing }: { workspace: Workspace; editing: boolean }) {
  if (!workspace.mayEdit(workspace.sheet)) return <Empty icon="kpi" title="This sheet is empty" text="Its owner has not put a chart on it yet." />;
  const start = () => {
    if (!editing) workspace.setEditing(true);
    workspace.panel.value = { kind: "add" };
  };
  return <Empty icon="barchart" title="This sheet is empty" text="Add a chart: choose its type, a dimension and a measure." action="Add a chart" onAction={start} testId="first-chart" />;
}

interface EmptyProps {
  icon: IconName;
  title: string;
  text: string;
  action?: string;
  onAction?: () => void;
  href?: string;
  testId?: string;
}

function Empty({ icon, title, text, action, onAction, href, testId }: EmptyProps) {
  return (
    <div class="empty" data-testid="empty-state">
      <span class="empty-picture">
        <Icon name={icon} size={36} />
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
      {action && href && (
        <a class="button is-primary" href={href}>
          {action}
        </a>
      )}
      {action && onAction && (
        <button type="button" class="button is-primary" onClick={onAction} data-testid={testId}>
          <Icon name="plus" size={18} />
          <span>{action}</span>
        </button>
      )}
    </div>
  );
}

function Skeleton() {
  return (
    <div class="bones" role="status" aria-label="Opening the app">
      {["kpi", "kpi", "kpi", "kpi", "wide", "side", "wide", "side"].map((shape, index) => (
        <span key={index} class={`skeleton bone is-${shape}`} />
      ))}
    </div>
  );
}
