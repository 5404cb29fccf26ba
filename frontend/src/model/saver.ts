// Saves the app a moment after the last edit, and says how it stands.
import { Observable } from "../shared/observable";

export type SaveState = "saved" | "unsaved" | "saving" | "failed";

const QUIET_MS = 800;

export class Saver {
  readonly state = new Observable<SaveState>("saved");
  private timer: ReturnType<typeof setTimeout> | undefined;
  private edits = 0;
  private running: Promise<void> | null = null;

  constructor(private readonly save: () => Promise<void>) {
    globalThis.addEventListener?.("beforeunload", (event) => {
      if (this.state.value !== "saved") event.preventDefault();
    });
  }

  /** Something was edited: save when the edits pause. */
  touch(): void {
    this.edits++;
    if (this.state.value !== "saving") this.state.value = "unsaved";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), QUIET_MS);
  }

  /** Save now, unless there is nothing to save; over when all that was edited until then is saved, or a save has failed. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    if (this.state.value === "saved") return Promise.resolve();
    this.running ??= this.run();
    return this.running;
  }

  /** One save runs at a time; edits made meanwhile get their own. */
  private async run(): Promise<void> {
    try {
      while (this.state.value !== "saved") {
        this.state.value = "saving";
        const edits = this.edits;
        await this.save();
        this.state.value = edits === this.edits ? "saved" : "unsaved";
      }
    } catch {
      this.state.value = "failed";
    } finally {
      this.running = null;
    }
  }
}
