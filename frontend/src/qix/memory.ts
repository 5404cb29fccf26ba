// Remembers what is selected, so that it can be selected again after the connection dropped.
import { Observable } from "../shared/observable";
import type { Doc, FieldValue, ListCell, ObjectLayout } from "./types";

export interface Remembered {
  field: string;
  locked: boolean;
  values: FieldValue[];
}

export interface SelectionInfo {
  qField: string;
  qLocked?: boolean;
  qSelectedCount: number;
  qSelectedFieldSelectionInfo?: { qName: string }[];
}

const MOST_VALUES = 10_000;
const QUIET_MS = 400;
const CHOSEN = new Set(["S", "L", "XS", "XL"]);

/** Values whose names the selections object lists completely; null when it cut the list short. */
export function namedValues(info: SelectionInfo): FieldValue[] | null {
  const names = info.qSelectedFieldSelectionInfo ?? [];
  if (names.length < info.qSelectedCount) return null;
  return names.map(({ qName }) => ({ qText: qName, qIsNumeric: false, qNumber: 0 }));
}

/** The selected ones among a list object's cells. */
export function chosenValues(cells: ListCell[]): FieldValue[] {
  return cells
    .filter((cell) => CHOSEN.has(cell.qState))
    .map(({ qText, qNum }) =>
      typeof qNum === "number" ? { qText, qIsNumeric: true, qNumber: qNum } : { qText, qIsNumeric: false, qNumber: 0 },
    );
}

export class SelectionMemory {
  /** How many fields have a selection; null until that is known. */
  readonly fields = new Observable<number | null>(null);
  private kept: Remembered[] = [];
  private timer = 0;

  /** Takes note of the selections that a layout of `doc` reports; layouts of other objects are passed over. */
  note(doc: Doc, layout: ObjectLayout): void {
    const report = layout["qSelectionObject"] as { qSelections?: SelectionInfo[] } | undefined;
    if (!report) return;
    const selections = report.qSelections ?? [];
    this.fields.value = selections.length;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.keep(doc, selections).catch(() => undefined), QUIET_MS);
  }

  get selected(): readonly Remembered[] {
    return this.kept;
  }

  /** Selects in `doc` what was selected before. A field that no longer exists is passed over. */
  async restore(doc: Doc): Promise<void> {
    clearTimeout(this.timer);
    for (const { field, values, locked } of this.kept) {
      try {
        const handle = await doc.getField(field);
        await handle.selectValues(values, false, false);
        if (locked) await handle.lock();
      } catch {
        continue;
      }
    }
  }

  private async keep(doc: Doc, selections: SelectionInfo[]): Promise<void> {
    this.kept = await Promise.all(
      selections.map(async (info) => ({
        field: info.qField,
        locked: Boolean(info.qLocked),
        values: namedValues(info) ?? (await selectedValues(doc, info)),
      })),
    );
  }
}

/** A list object of a field, what is selected first. */
export function listOf(field: string): object {
  return {
    qInfo: { qType: "Values" },
    qListObjectDef: {
      qDef: { qFieldDefs: [`[${field.replaceAll("]", "]]")}]`], qSortCriterias: [{ qSortByState: 1, qSortByNumeric: 1, qSortByAscii: 1 }] },
      qShowAlternatives: true,
      qInitialDataFetch: [],
    },
  };
}

async function selectedValues(doc: Doc, info: SelectionInfo): Promise<FieldValue[]> {
  const list = await doc.createSessionObject(listOf(info.qField));
  try {
    const height = Math.min(info.qSelectedCount, MOST_VALUES);
    await list.getLayout();
    const pages = await list.getListObjectData("/qListObjectDef", [{ qLeft: 0, qTop: 0, qWidth: 1, qHeight: height }]);
    return chosenValues(pages.flatMap((page) => page.qMatrix.flat()));
  } finally {
    await doc.destroySessionObject(list.id);
  }
}
