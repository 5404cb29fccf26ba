// Sheets as they are kept in the app: generic objects of type "sheet" with their charts as children.
import type { Doc, GenericObject, ObjectLayout, ObjectProperties } from "../qix/types";
import { COLUMNS, tidyCells, type Cell } from "./grid";

export interface Sheet {
  id: string;
  title: string;
  rank: number;
  cells: Cell[];
  /** The person's own, seen by nobody else. */
  isPrivate: boolean;
}

interface SheetItem {
  qInfo: { qId: string };
  qMeta?: { title?: string; published?: boolean };
  qData?: { title?: string; rank?: number | string; cells?: unknown; columns?: unknown };
}

/** The list's definition: a session object that follows all sheets. */
const LIST = {
  qInfo: { qType: "SheetList" },
  qAppObjectListDef: {
    qType: "sheet",
    qData: { title: "/qMetaDef/title", rank: "/rank", cells: "/cells", columns: "/columns" },
  },
};

export function openSheetList(doc: Doc): Promise<GenericObject> {
  return doc.createSessionObject(LIST);
}

export function readSheets(layout: ObjectLayout): Sheet[] {
  const items = (layout["qAppObjectList"] as { qItems?: SheetItem[] } | undefined)?.qItems ?? [];
  const sheets = items.map(({ qInfo, qMeta, qData }, position) => ({
      id: qInfo.qId,
      title: qMeta?.title || qData?.title || "Sheet",
      rank: Number(qData?.rank ?? position) || 0,
      cells: tidyCells(qData?.cells, qData?.columns ?? COLUMNS),
      isPrivate: qMeta?.published === false,
    }));
  return inOrder(sheets);
}

/** The app's sheets by their ranks, then one's own by theirs. */
export function inOrder(sheets: readonly Sheet[]): Sheet[] {
  return [...sheets].sort((one, other) => Number(one.isPrivate) - Number(other.isPrivate) || one.rank - other.rank);
}

export function sheetProperties(sheet: Sheet): ObjectProperties {
  return {
    qInfo: { qId: sheet.id, qType: "sheet" },
    qMetaDef: { title: sheet.title, description: "" },
    rank: sheet.rank,
    columns: COLUMNS,
    cells: sheet.cells,
    qChildListDef: { qData: { visualization: "/visualization", title: "/title" } },
  };
}

/** A rank that puts a sheet behind all others. */
export function lastRank(sheets: readonly Sheet[]): number {
  return sheets.reduce((last, { rank }) => Math.max(last, rank), -1) + 1;
}

/** The ranks after one sheet moved by one place; null at either end. */
export function moved(sheets: readonly Sheet[], id: string, by: -1 | 1): Sheet[] | null {
  const from = sheets.findIndex((sheet) => sheet.id === id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= sheets.length) return null;
  const order = [...sheets];
  const [sheet] = order.splice(from, 1);
  order.splice(to, 0, sheet!);
  return order.map((each, rank) => ({ ...each, rank }));
}

/** A title that no sheet has yet: "New sheet", "New sheet 2" … */
export function freeTitle(sheets: readonly Sheet[], wanted = "New sheet"): string {
  const taken = new Set(sheets.map(({ title }) => title));
  for (let number = 1; ; number++) {
    const title = number === 1 ? wanted : `${wanted} ${number}`;
    if (!taken.has(title)) return title;
  }
}

export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(36).padStart(2, "0")).join("").slice(0, 20);
}
