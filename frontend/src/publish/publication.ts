// One run of the publish dialogue: a draft on the server, or another version of a published chart; its preview; and in
// the end what is published.
import type { Snapshot } from "../public/snapshot";
import type { ToPublish } from "../model/workspace";
import { Observable } from "../shared/observable";
import { call } from "./server";
import type { Audience, Plan } from "./wish";

const LOOK_MS = 350;
const QUIET_MS = 700;

export interface Caution {
  kind: string;
  text: string;
}

export interface Preview {
  version: number;
  snapshot: Snapshot;
  card: string;
}

/** What a version shows that the one before does not: texts are those of the new one. */
export interface Differences {
  shape: string[];
  texts: string[];
  new: string[];
  gone: string[];
  changed: number;
}

export type Stage =
  | { kind: "preparing" }
  | { kind: "live"; preview: Preview }
  | { kind: "ready"; preview: Preview; cautions: Caution[]; differences: Differences | null; smallChanges: number }
  | { kind: "problem"; text: string }
  | { kind: "published"; address: string; embedCode: string };

interface Waiting {
  version: number;
  state: string;
  plan: Plan;
  problem: string;
  cautions: Caution[];
  differences: Differences | null;
  small_changes: number;
}

interface Described {
  id: string;
  object: string;
  plan: Plan;
  address: string | null;
  embed_code: string | null;
  waiting: Waiting | null;
}

export class Publication {
  readonly stage = new Observable<Stage>({ kind: "preparing" });
  private id: string | null = null;
  private made = false;
  private running = Promise.resolve();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;

  constructor(
    private readonly app: string,
    private readonly about: ToPublish,
  ) {}

  /** The published chart's object and plan, or those of the version that waits; its preview is the first to be seen. */
  async reopen(published: string): Promise<{ object: string; plan: Plan }> {
    const turn = ++this.turn;
    const now = await call<Described>("GET", `/api/charts/${published}/`);
    this.id = now.id;
    void this.follow(now, turn).catch((error: unknown) => this.fail(error, turn));
    return { object: now.object, plan: now.waiting?.plan ?? now.plan };
  }

  /** Prepares a preview of this plan, a moment after the last change; the newest plan wins. */
  prepare(plan: Plan, wait = QUIET_MS): void {
    const turn = ++this.turn;
    this.stage.value = { kind: "preparing" };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.running = this.run(plan, turn)), wait);
  }

  /** Publishes what is looked at; a published chart keeps its audience. */
  async publish(audience: Audience): Promise<void> {
    const stage = this.stage.value;
    if (stage.kind !== "ready" || !this.id) return;
    const body = { version: stage.preview.version, ...("object" in this.about ? { audience } : {}) };
    const { address, embed_code: embedCode } = await call<Described>("POST", `/api/charts/${this.id}/publication/`, body);
    this.stage.value = { kind: "published", address: address ?? "", embedCode: embedCode ?? "" };
  }

  /** The dialogue is left: what it had made and was not published is dropped. */
  async leave(): Promise<void> {
    this.turn++;
    clearTimeout(this.timer);
    await this.running;
    if (!this.made || this.stage.value.kind === "published") return;
    this.made = false;
    await call("DELETE", `/api/charts/${this.id}/${"object" in this.about ? "" : "preview/"}`).catch(() => undefined);
  }

  private async run(plan: Plan, turn: number): Promise<void> {
    try {
      const made = this.id
        ? await call<Described>("PUT", `/api/charts/${this.id}/`, plan)
        : await call<Described>("POST", "/api/charts/", { app: this.app, ...this.about, plan });
      this.id = made.id;
      this.made = true;
      await this.follow(made, turn);
    } catch (error) {
      this.fail(error, turn);
    }
  }

  private fail(error: unknown, turn: number): void {
    if (turn === this.turn) this.stage.value = { kind: "problem", text: error instanceof Error ? error.message : String(error) };
  }

  private async follow(made: Described, turn: number): Promise<void> {
    let now = made;
    while (turn === this.turn && now.waiting?.state === "preparing") {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      now = await call<Described>("GET", `/api/charts/${made.id}/`);
    }
    if (turn !== this.turn) return;
    const { waiting } = now;
    if (waiting && waiting.state !== "ready") {
      this.stage.value = { kind: "problem", text: waiting.problem || "The preview could not be made." };
      return;
    }
    const preview = await call<Preview>("GET", `/api/charts/${made.id}/preview/`);
    if (turn !== this.turn) return;
    this.stage.value = waiting
      ? { kind: "ready", preview, cautions: waiting.cautions, differences: waiting.differences, smallChanges: waiting.small_changes }
      : { kind: "live", preview };
  }
}
