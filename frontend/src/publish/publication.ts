// One run of the publish dialogue: a draft on the server, its preview, and in the end the published chart.
import type { Snapshot } from "../public/snapshot";
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

export type Stage =
  | { kind: "preparing" }
  | { kind: "ready"; preview: Preview; cautions: Caution[] }
  | { kind: "problem"; text: string }
  | { kind: "published"; address: string; embedCode: string };

interface Described {
  id: string;
  address: string | null;
  embed_code: string | null;
  waiting: { version: number; state: string; problem: string; cautions: Caution[] } | null;
}

export class Publication {
  readonly stage = new Observable<Stage>({ kind: "preparing" });
  private id: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;

  constructor(
    private readonly app: string,
    private readonly object: string,
  ) {}

  /** Prepares a preview of this plan, a moment after the last change; the newest plan wins. */
  prepare(plan: Plan, wait = QUIET_MS): void {
    const turn = ++this.turn;
    this.stage.value = { kind: "preparing" };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(plan, turn), wait);
  }

  async publish(audience: Audience): Promise<void> {
    const stage = this.stage.value;
    if (stage.kind !== "ready" || !this.id) return;
    const body = { version: stage.preview.version, audience };
    const { address, embed_code: embedCode } = await call<Described>("POST", `/api/charts/${this.id}/publication/`, body);
    this.stage.value = { kind: "published", address: address ?? "", embedCode: embedCode ?? "" };
  }

  /** The dialogue is left: what was not published is dropped. */
  leave(): void {
    this.turn++;
    clearTimeout(this.timer);
    if (this.id && this.stage.value.kind !== "published") void call("DELETE", `/api/charts/${this.id}/`).catch(() => undefined);
  }

  private async run(plan: Plan, turn: number): Promise<void> {
    try {
      const made = this.id
        ? await call<Described>("PUT", `/api/charts/${this.id}/`, plan)
        : await call<Described>("POST", "/api/charts/", { app: this.app, object: this.object, plan });
      this.id = made.id;
      await this.follow(made, turn);
    } catch (error) {
      if (turn === this.turn) this.stage.value = { kind: "problem", text: error instanceof Error ? error.message : String(error) };
    }
  }

  private async follow(made: Described, turn: number): Promise<void> {
    let now = made;
    while (turn === this.turn && now.waiting?.state === "preparing") {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      now = await call<Described>("GET", `/api/charts/${made.id}/`);
    }
    if (turn !== this.turn) return;
    if (now.waiting?.state !== "ready") {
      this.stage.value = { kind: "problem", text: now.waiting?.problem || "The preview could not be made." };
      return;
    }
    const preview = await call<Preview>("GET", `/api/charts/${made.id}/preview/`);
    if (turn === this.turn) this.stage.value = { kind: "ready", preview, cautions: now.waiting.cautions };
  }
}
