// Undo and redo: a stack of edits, done one after the other. An edit that fails leaves the stack as it was.
import { Observable } from "../shared/observable";

export interface Edit {
  /** What the edit does, as in "Undo: remove chart". */
  label: string;
  forth(): Promise<void>;
  back(): Promise<void>;
}

export interface Steps {
  undo: string | null;
  redo: string | null;
}

const MOST_STEPS = 100;

export class EditHistory {
  readonly steps = new Observable<Steps>({ undo: null, redo: null });
  private done: Edit[] = [];
  private undone: Edit[] = [];
  private queue: Promise<unknown> = Promise.resolve();

  run(edit: Edit): Promise<void> {
    return this.inTurn(async () => {
      await edit.forth();
      this.done = [...this.done, edit].slice(-MOST_STEPS);
      this.undone = [];
    });
  }

  undo(): Promise<void> {
    return this.inTurn(() => this.step("done", "undone", (edit) => edit.back()));
  }

  redo(): Promise<void> {
    return this.inTurn(() => this.step("undone", "done", (edit) => edit.forth()));
  }

  clear(): void {
    this.done = [];
    this.undone = [];
    this.tell();
  }

  private async step(from: "done" | "undone", to: "done" | "undone", apply: (edit: Edit) => Promise<void>): Promise<void> {
    const edit = this[from].at(-1);
    if (!edit) return;
    await apply(edit);
    this[from] = this[from].slice(0, -1);
    this[to] = [...this[to], edit];
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.queue.then(work);
    this.queue = turn.catch(() => undefined);
    return turn.finally(() => this.tell());
  }

  private tell(): void {
    this.steps.value = { undo: this.done.at(-1)?.label ?? null, redo: this.undone.at(-1)?.label ?? null };
  }
}
