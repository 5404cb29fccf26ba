// Saves the app a moment after the last edit, and says how it stands.
import { Observable } from "../shared/observable";

export type SaveState = "saved" | "unsaved" | "saving" | "failed";

const QUIET_MS = 800;

export class Saver {
  readonly state = new Observable<SaveState>("saved");
  private timer: ReturnType<typeof setTimeout> | undefined;
  private edits = 0;
  private running = false;

  constructor(private readonly save: () => Promise<void>) {
    globalThis.addEventListener?.("beforeunload", (event) => {
      if (this.state.value !== "saved") event.preventDefault();
    });
  }

  /** Something was edited: save when the edits pause. */
  touch(): void {
    this.edits++;
    if (!this.running) this.state.value = "unsaved";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), QUIET_MS);
  }

  /** Save now, unless there is nothing to save. One save runs at a time; edits made meanwhile get their own. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    if (this.running || this.state.value === "saved") return;
    this.running = true;
    this.state.value = "saving";
    const edits = this.edits;
    try {
      await this.save();
      this.running = false;
      this.state.value = edits === this.edits ? "saved" : "unsaved";
    } catch {
      this.running = false;
      this.state.value = "failed";
      return;
    }
    if (edits !== this.edits) await this.flush();
  }
}
