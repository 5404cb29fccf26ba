// Moving and resizing charts: gridstack while a sheet is edited, fetched when that first happens.
import { useEffect, useRef } from "preact/hooks";
import type { GridStack as Stack } from "gridstack";
import { COLUMNS, ROWS_IN_VIEW, nudge, sameCells, type Cell, type Place } from "../model/grid";
import { drawingInfo } from "../charts/kinds";

const MARGIN_PX = 5;

export type Arrange = (name: string, by: Partial<Place>) => void;

function smallest(cell: Cell) {
  return drawingInfo(cell.type)?.smallest ?? { w: 3, h: 2 };
}

function itemOf(container: HTMLElement, name: string): HTMLElement | null {
  return container.querySelector(`[gs-id="${CSS.escape(name)}"]`);
}

/** Makes the charts in `container` movable while `active`; answers how to move one by keys. */
export function useDragging(
  container: { current: HTMLElement | null },
  cells: Cell[],
  rowHeight: number,
  active: boolean,
  onPlaced: (cells: Cell[]) => void,
): Arrange {
  const stack = useRef<Stack | null>(null);
  const latest = useRef({ cells, onPlaced, rowHeight });
  latest.current = { cells, onPlaced, rowHeight };

  useEffect(() => {
    if (!active || !container.current) return undefined;
    let isGone = false;
    const element = container.current;
    void import("gridstack").then(({ GridStack }) => {
      if (isGone) return;
      const grid = GridStack.init(
        {
          column: COLUMNS,
          cellHeight: latest.current.rowHeight,
          margin: MARGIN_PX,
          minRow: ROWS_IN_VIEW,
          mode: "float",
          animate: true,
          handle: ".cell-cover",
          draggable: { handle: ".cell-cover", scroll: true },
          resizable: { handles: "e,se,s,sw,w" },
          alwaysShowResizeHandle: "mobile",
        },
        element,
      );
      if (!grid) return;
      stack.current = grid;
      limit(grid, element, latest.current.cells);
      grid.on("change", () => {
        const placed = readPlaces(grid, latest.current.cells);
        if (!sameCells(placed, latest.current.cells)) latest.current.onPlaced(placed);
      });
    });
    return () => {
      isGone = true;
      stack.current?.destroy(false);
      stack.current = null;
    };
  }, [active]);

  useEffect(() => {
    stack.current?.cellHeight(rowHeight);
  }, [rowHeight]);

  useEffect(() => {
    if (stack.current && container.current) follow(stack.current, container.current, cells);
  }, [cells]);

  return (name, by) => {
    const grid = stack.current;
    const cell = latest.current.cells.find((each) => each.name === name);
    const item = container.current && itemOf(container.current, name);
    if (!grid || !cell || !item) return;
    const { x, y, w, h } = nudge(cell, by, smallest(cell));
    grid.update(item, { x, y, w, h });
  };
}

function limit(grid: Stack, element: HTMLElement, cells: Cell[]): void {
  for (const cell of cells) {
    const item = itemOf(element, cell.name);
    const least = smallest(cell);
    if (item) grid.update(item, { minW: least.w, minH: least.h });
  }
}

/** Tells gridstack of charts that came, went or were put elsewhere by something other than dragging. */
function follow(grid: Stack, element: HTMLElement, cells: Cell[]): void {
  grid.batchUpdate();
  for (const node of [...grid.engine.nodes]) {
    if (node.el && !cells.some(({ name }) => name === node.id)) grid.removeWidget(node.el, false, false);
  }
  for (const cell of cells) {
    const item = itemOf(element, cell.name) as (HTMLElement & { gridstackNode?: Place }) | null;
    if (!item) continue;
    if (!item.gridstackNode) grid.makeWidget(item);
    const { x, y, w, h } = cell;
    const node = item.gridstackNode;
    if (node && (node.x !== x || node.y !== y || node.w !== w || node.h !== h)) grid.update(item, { x, y, w, h });
  }
  grid.batchUpdate(false);
  limit(grid, element, cells);
}

function readPlaces(grid: Stack, cells: Cell[]): Cell[] {
  return cells.map((cell) => {
    const node = grid.engine.nodes.find(({ id }) => id === cell.name);
    if (!node) return cell;
    return { ...cell, x: node.x ?? cell.x, y: node.y ?? cell.y, w: node.w ?? cell.w, h: node.h ?? cell.h };
  });
}
