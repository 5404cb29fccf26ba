// Bookmarks: selections kept under a name. The owner's are everybody's; whoever is invited has his own.
import type { Doc, GenericObject, ObjectLayout } from "../qix/types";
import { Observable } from "../shared/observable";
import { describe, type Workspace } from "./workspace";

export interface Bookmark {
  id: string;
  title: string;
  /** Made by the person for himself, or by him as the owner. */
  isOwn: boolean;
}

interface BookmarkItem {
  qInfo: { qId: string };
  qMeta?: { title?: string; privileges?: string[] };
}

const LIST = { qInfo: { qType: "BookmarkList" }, qBookmarkListDef: { qType: "bookmark", qData: {} } };

export function readBookmarks(layout: ObjectLayout): Bookmark[] {
  const items = (layout["qBookmarkList"] as { qItems?: BookmarkItem[] } | undefined)?.qItems ?? [];
  return items.map(({ qInfo, qMeta }) => ({
    id: qInfo.qId,
    title: qMeta?.title || "Bookmark",
    isOwn: qMeta?.privileges?.includes("delete") ?? false,
  }));
}

export class Bookmarks {
  readonly all = new Observable<Bookmark[]>([]);
  private list: GenericObject | null = null;

  constructor(private readonly workspace: Workspace) {}

  async open(doc: Doc): Promise<void> {
    const list = await doc.createSessionObject(LIST);
    this.list = list;
    list.on("changed", () => void this.read(list));
    await this.read(list);
  }

  /** Keeps the present selections. */
  async keep(title: string): Promise<void> {
    await this.attempt(async () => {
      await this.workspace.doc.createBookmark({ qInfo: { qType: "bookmark" }, qMetaDef: { title: title.trim() || "Bookmark", description: "" } });
    });
  }

  async apply(id: string): Promise<void> {
    await this.attempt(() => this.workspace.doc.applyBookmark(id), false);
  }

  async remove(id: string): Promise<void> {
    await this.attempt(() => this.workspace.doc.destroyBookmark(id));
  }

  private async attempt(work: () => Promise<unknown>, changes = true): Promise<void> {
    try {
      await work();
      if (changes && this.workspace.level === "owner") this.workspace.saver.touch();
      if (this.list) await this.read(this.list);
    } catch (error) {
      this.workspace.toast.value = { text: `That did not work: ${describe(error)}`, isError: true };
    }
  }

  private async read(list: GenericObject): Promise<void> {
    const layout = await list.getLayout().catch(() => null);
    if (layout && list === this.list) this.all.value = readBookmarks(layout);
  }
}
