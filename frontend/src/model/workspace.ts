// One open app: its sheets, which of them is shown, what is being edited, and every edit there is.
// Components read the observables and call the verbs; nothing else talks to the engine on their behalf.
import { kindInfo } from "../charts/kinds";
import { fetchKinds, rememberKinds } from "../charts/ahead";
import { changeMode, nebulaFor, type Nebula } from "../charts/nebula";
import type { Mode } from "../charts/look";
import { changedProperties, propertiesFor, type Recipe } from "../charts/recipe";
import { Bookmarks } from "./bookmarks";
import { Link } from "../qix/link";
import { listOf, SelectionMemory } from "../qix/memory";
import type { Doc, GenericObject, ObjectLayout, ObjectProperties } from "../qix/types";
import { Observable } from "../shared/observable";
import { listFields, type FieldInfo } from "./fields";
import { freePlace, sameCells, type Cell } from "./grid";
import { EditHistory, type Edit } from "./history";
import { Saver } from "./saver";
import { freeTitle, inOrder, lastRank, moved, newId, openSheetList, readSheets, sheetProperties, type Sheet } from "./sheets";

/** What the person may do with the app. A viewer edits nothing of it, and keeps sheets of his own beside it. */
export type Level = "viewer" | "editor" | "owner";

export type Panel = { kind: "add" } | { kind: "chart"; id: string } | null;

/** An open document and what was set up on it; a new one after each reconnection. */
export interface Opened {
  doc: Doc;
  nebula: Nebula;
  generation: number;
}

export interface Toast {
  text: string;
  action?: { label: string; run: () => void };
  isError?: boolean;
}

export type ToPublish = { object: string } | { published: string };

/** Values of a field that a list offers to choose from. */
const MOST_OFFERED = 40;

export class Workspace {
  readonly opened = new Observable<Opened | null>(null);
  readonly sheets = new Observable<Sheet[] | null>(null);
  readonly openSheet = new Observable<string | null>(null);
  readonly fields = new Observable<FieldInfo[] | null>(null);
  readonly editing = new Observable(false);
  readonly panel = new Observable<Panel>(null);
  readonly toast = new Observable<Toast | null>(null);
  /** What the publish dialogue is about: a chart of the app, or one that is published already. */
  readonly publishing = new Observable<ToPublish | null>(null);
  canPublish = false;
  readonly hasData = new Observable(true);
  readonly history = new EditHistory();
  readonly saver: Saver;
  readonly link: Link;
  readonly bookmarks: Bookmarks;

  readonly memory = new SelectionMemory();
  private readonly layoutReaders = new Map<string, Set<(layout: ObjectLayout) => void>>();
  private readonly dataReaders = new Map<string, Set<() => void>>();
  private generation = 0;
  private pending = 0;

  constructor(
    url: string,
    readonly appId: string,
    readonly level: Level,
    private mode: Mode,
  ) {
    this.openSheet.value = location.hash.slice(1) || null;
    fetchKinds(appId);
    this.link = new Link(url, appId);
    this.link.onOpen = (doc) => this.setUp(doc);
    this.link.onLayout = (id, layout) => {
      this.layoutReaders.get(id)?.forEach((read) => read(layout));
      if (this.opened.value) this.memory.note(this.opened.value.doc, layout);
    };
    this.link.onData = (id) => this.dataReaders.get(id)?.forEach((read) => read());
    this.link.onRefused = (text) => {
      if (this.toast.value?.text !== text) this.toast.value = { text, isError: true };
    };
    this.saver = new Saver(() => this.doc.doSave());
    this.bookmarks = new Bookmarks(this);
  }

  /** Whether the person edits what everybody sees, which is saved as a whole; what he keeps for himself is kept at once. */
  get editsApp(): boolean {
    return this.level !== "viewer";
  }

  mayEdit(sheet: Sheet | null): boolean {
    return this.editsApp || Boolean(sheet?.isPrivate);
  }

  // ---- reading

  get sheet(): Sheet | null {
    const sheets = this.sheets.value ?? [];
    return sheets.find(({ id }) => id === this.openSheet.value) ?? sheets[0] ?? null;
  }

  /** Calls `read` with every layout of this object that arrives; answers the function that ends it. */
  onLayout(id: string, read: (layout: ObjectLayout) => void): () => void {
    const readers = this.layoutReaders.get(id) ?? new Set();
    this.layoutReaders.set(id, readers.add(read));
    return () => void readers.delete(read);
  }

  /** The same for every page of a list. */
  onData(id: string, read: () => void): () => void {
    const readers = this.dataReaders.get(id) ?? new Set();
    this.dataReaders.set(id, readers.add(read));
    return () => void readers.delete(read);
  }

  show(sheetId: string): void {
    this.openSheet.value = sheetId;
    this.panel.value = null;
    window.history.replaceState(null, "", `#${sheetId}`);
    rememberKinds(this.appId, this.sheet);
  }

  setMode(mode: Mode): void {
    this.mode = mode;
    if (this.opened.value) void changeMode(this.opened.value.nebula, mode);
  }

  setEditing(on: boolean): void {
    this.editing.value = on;
    this.panel.value = null;
    if (!on) void this.saver.flush();
  }

  async properties(id: string): Promise<ObjectProperties> {
    return (await this.doc.getObject(id)).getProperties();
  }

  /** The values of a field as texts, the first ones where there are many. */
  async valuesOf(field: string): Promise<string[]> {
    const list = await this.doc.createSessionObject(listOf(field));
    try {
      const pages = await list.getLayout().then(() => list.getListObjectData("/qListObjectDef", [{ qLeft: 0, qTop: 0, qWidth: 1, qHeight: MOST_OFFERED }]));
      return pages.flatMap((page) => page.qMatrix.flat().map(({ qText }) => qText));
    } finally {
      await this.doc.destroySessionObject(list.id);
    }
  }

  // ---- sheets

  async addSheet(): Promise<void> {
    const sheets = this.sheets.value ?? [];
    const isPrivate = !this.editsApp;
    const sheet: Sheet = { id: newId(), title: freeTitle(sheets, isPrivate ? "My sheet" : "New sheet"), rank: lastRank(sheets), cells: [], isPrivate };
    await this.edit({
      label: "add sheet",
      forth: async () => {
        await this.createSheet(sheet, []);
        this.show(sheet.id);
      },
      back: () => this.destroySheet(sheet.id),
    });
  }

  async renameSheet(id: string, title: string): Promise<void> {
    const before = this.find(id);
    const clean = title.trim();
    if (!before || clean === "" || clean === before.title) return;
    await this.edit(this.change("rename sheet", { ...before, title: clean }, before));
  }

  async moveSheet(id: string, by: -1 | 1): Promise<void> {
    const before = (this.sheets.value ?? []).filter((sheet) => this.mayEdit(sheet));
    const after = moved(before, id, by);
    if (!after) return;
    const put = async (order: Sheet[]) => {
      for (const sheet of order) {
        if (this.find(sheet.id)?.rank !== sheet.rank) await this.putSheet({ ...this.find(sheet.id)!, rank: sheet.rank });
      }
    };
    const ranked = before.map((sheet, rank) => ({ ...sheet, rank }));
    await this.edit({ label: "move sheet", forth: () => put(after), back: () => put(ranked) });
  }

  async removeSheet(id: string): Promise<void> {
    const sheet = this.find(id);
    if (!sheet) return;
    const charts = await Promise.all(sheet.cells.map(({ name }) => this.properties(name)));
    await this.edit({
      label: "remove sheet",
      forth: () => this.destroySheet(id),
      back: async () => {
        await this.createSheet(sheet, charts);
        this.show(id);
      },
    });
    this.offerUndo(`Sheet “${sheet.title}” removed.`);
  }

  // ---- charts

  async addChart(recipe: Recipe): Promise<string> {
    const sheet = this.sheet;
    const info = kindInfo(recipe.kind);
    if (!sheet) throw new Error("There is no sheet to put the chart on.");
    const properties = await propertiesFor(this.nebula, recipe);
    const id = newId();
    const cell: Cell = { name: id, type: info.visualization, ...freePlace(sheet.cells, info.size) };
    await this.edit(this.placing("add chart", sheet.id, cell, { ...properties, qInfo: { ...properties.qInfo, qId: id } }));
    this.panel.value = { kind: "chart", id };
    return id;
  }

  async duplicateChart(id: string): Promise<void> {
    const sheet = this.sheet;
    const cell = sheet?.cells.find(({ name }) => name === id);
    if (!sheet || !cell) return;
    const properties = await this.properties(id);
    const copy = newId();
    const place = freePlace(sheet.cells, cell);
    const made = { ...properties, qInfo: { ...properties.qInfo, qId: copy } };
    await this.edit(this.placing("duplicate chart", sheet.id, { ...cell, ...place, name: copy }, made));
    this.panel.value = { kind: "chart", id: copy };
  }

  async removeChart(id: string): Promise<void> {
    const sheet = this.sheet;
    const cell = sheet?.cells.find(({ name }) => name === id);
    if (!sheet || !cell) return;
    const properties = await this.properties(id);
    const { forth, back } = this.placing("", sheet.id, cell, properties);
    await this.edit({ label: "remove chart", forth: back, back: forth });
    this.offerUndo("Chart removed.");
  }

  /** Gives a chart other settings; the panel shows them at once, the chart follows. */
  async changeChart(id: string, recipe: Recipe): Promise<void> {
    const before = await this.properties(id);
    const after = await changedProperties(this.nebula, before, recipe);
    const put = async (properties: ObjectProperties) => {
      await (await this.doc.getObject(id)).setProperties(properties);
      await this.retype(id, properties.visualization ?? "");
    };
    await this.edit({ label: "change chart", forth: () => put(after), back: () => put(before) });
  }

  /** Charts were moved or resized by hand. */
  async placeCharts(sheetId: string, cells: Cell[]): Promise<void> {
    const before = this.find(sheetId);
    if (!before || sameCells(before.cells, cells)) return;
    await this.edit(this.change("move chart", { ...before, cells }, before));
  }

  async undo(): Promise<void> {
    await this.attempt(() => this.history.undo());
  }

  async redo(): Promise<void> {
    await this.attempt(() => this.history.redo());
  }

  // ---- edits, and what they are made of

  private async edit(edit: Edit): Promise<void> {
    await this.attempt(() => this.history.run(edit));
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    this.pending++;
    try {
      await work();
      if (this.editsApp) this.saver.touch();
    } catch (error) {
      this.toast.value = { text: `That did not work: ${describe(error)}`, isError: true };
    } finally {
      this.pending--;
      await this.refreshSheets();
    }
  }

  private change(label: string, after: Sheet, before: Sheet): Edit {
    return { label, forth: () => this.putSheet(after), back: () => this.putSheet(before) };
  }

  private placing(label: string, sheetId: string, cell: Cell, properties: ObjectProperties): Edit {
    return {
      label,
      forth: async () => {
        const sheet = this.mustFind(sheetId);
        await (await this.doc.getObject(sheetId)).createChild(properties);
        await this.putSheet({ ...sheet, cells: [...sheet.cells, cell] });
      },
      back: async () => {
        const sheet = this.mustFind(sheetId);
        if (this.panel.value?.kind === "chart" && this.panel.value.id === cell.name) this.panel.value = null;
        await this.putSheet({ ...sheet, cells: sheet.cells.filter(({ name }) => name !== cell.name) });
        await (await this.doc.getObject(sheetId)).destroyChild(cell.name);
      },
    };
  }

  private async retype(id: string, type: string): Promise<void> {
    const sheet = this.sheets.value?.find(({ cells }) => cells.some(({ name }) => name === id));
    const cell = sheet?.cells.find(({ name }) => name === id);
    if (!sheet || !cell || cell.type === type) return;
    await this.putSheet({ ...sheet, cells: sheet.cells.map((each) => (each === cell ? { ...each, type } : each)) });
  }

  private async createSheet(sheet: Sheet, charts: ObjectProperties[]): Promise<void> {
    const handle = await this.doc.createObject(sheetProperties(sheet));
    for (const chart of charts) await handle.createChild(chart);
    this.sheets.value = inOrder([...(this.sheets.value ?? []), sheet]);
  }

  private async destroySheet(id: string): Promise<void> {
    const all = this.sheets.value ?? [];
    const at = all.findIndex((sheet) => sheet.id === id);
    await this.doc.destroyObject(id);
    this.sheets.value = all.filter((sheet) => sheet.id !== id);
    const next = this.sheets.value[Math.max(0, at - 1)];
    if (this.openSheet.value === id && next) this.show(next.id);
  }

  /** Shows the sheet as it shall be, then writes it. */
  private async putSheet(sheet: Sheet): Promise<void> {
    this.sheets.value = inOrder((this.sheets.value ?? []).map((each) => (each.id === sheet.id ? sheet : each)));
    const handle = await this.doc.getObject(sheet.id);
    const kept = await handle.getProperties();
    await handle.setProperties({ ...kept, ...sheetProperties(sheet), qMetaDef: { ...(kept["qMetaDef"] as object), title: sheet.title } });
  }

  private offerUndo(text: string): void {
    this.toast.value = { text, action: { label: "Undo", run: () => void this.undo() } };
  }

  // ---- the document

  private sheetList: GenericObject | null = null;

  private async setUp(doc: Doc): Promise<void> {
    const isReturn = this.opened.value !== null;
    if (isReturn) await this.memory.restore(doc);
    const layout = await doc.getAppLayout();
    this.hasData.value = layout.qHasData !== false;
    const list = await openSheetList(doc);
    this.sheetList = list;
    list.on("changed", () => void this.refreshSheets());
    const old = this.opened.value;
    this.sheets.value = readSheets(await list.getLayout());
    this.opened.value = { doc, nebula: nebulaFor(doc, this.mode), generation: ++this.generation };
    rememberKinds(this.appId, this.sheet);
    void this.bookmarks.open(doc);
    void old?.nebula.destroy?.();
    void listFields(doc).then((fields) => (this.fields.value = fields)).catch(() => undefined);
    if (isReturn && this.saver.state.value !== "saved") void this.saver.flush();
  }

  /** Reads the sheets anew; not while an edit of ours is under way, which knows better. */
  private async refreshSheets(): Promise<void> {
    const list = this.sheetList;
    if (this.pending > 0 || !list) return;
    try {
      const sheets = readSheets(await list.getLayout());
      if (this.pending === 0 && list === this.sheetList && JSON.stringify(sheets) !== JSON.stringify(this.sheets.value)) this.sheets.value = sheets;
    } catch {
      return; // The connection went away; the next one reads the sheets again.
    }
  }

  private find(id: string): Sheet | undefined {
    return this.sheets.value?.find((sheet) => sheet.id === id);
  }

  private mustFind(id: string): Sheet {
    const sheet = this.find(id);
    if (!sheet) throw new Error("The sheet does not exist any more.");
    return sheet;
  }

  get doc(): Doc {
    if (!this.opened.value) throw new Error("The app is not open yet.");
    return this.opened.value.doc;
  }

  private get nebula(): Nebula {
    if (!this.opened.value) throw new Error("The app is not open yet.");
    return this.opened.value.nebula;
  }
}

export function describe(error: unknown): string {
  return error instanceof Error && error.message ? error.message : "the server gave no reason.";
}
