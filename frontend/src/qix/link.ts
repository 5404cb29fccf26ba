// The connection to the engine: opens it, notices when it drops, comes back by itself, and says plainly
// when coming back is pointless (signed out, access withdrawn).
import enigma from "enigma.js";
import schema from "virtual:qix-schema";
import { Observable } from "../shared/observable";
import { waitBefore } from "./backoff";
import type { Doc, EngineSession, GenericObject, ObjectLayout } from "./types";

export type LinkState =
  | { kind: "connecting" }
  | { kind: "open" }
  | { kind: "waiting"; attempt: number; reason: string }
  | { kind: "ended"; why: Ending };

export type Ending = "signed-out" | "no-access";

const ENDINGS: Record<number, Ending> = { 4401: "signed-out", 4403: "no-access", 4404: "no-access" };
const DENIED = 5;
const ABORTED = 15;
/** enigma's own code for a request whose socket closed. */
const NOT_CONNECTED = -1;
const MOST_RETRIES = 3;

export type LayoutListener = (id: string, layout: ObjectLayout) => void;
export type DataListener = (id: string) => void;

interface Closed {
  code?: number;
  reason?: string;
}

interface EngineRequest {
  retry(): unknown;
  method: string;
  retried?: number;
}

export class Link {
  readonly state = new Observable<LinkState>({ kind: "connecting" });
  onOpen: (doc: Doc) => Promise<void> = async () => undefined;
  /** Told of every layout and of every page of a list that arrives, whoever asked for it. */
  onLayout: LayoutListener = () => undefined;
  onData: DataListener = () => undefined;
  /** Told what the server says when it refuses something that the person may not have. */
  onRefused: (text: string) => void = () => undefined;

  private session: EngineSession | null = null;
  /** A session whose socket is gone. It is closed only when the next one is ready: until then its charts stay. */
  private last: EngineSession | null = null;
  private attempt = 0;
  private timer = 0;

  constructor(
    private readonly url: string,
    private readonly appId: string,
  ) {
    // What was under way when the socket closed fails; the page says so itself, the console need not.
    addEventListener("unhandledrejection", (event) => isDisconnection(event.reason) && event.preventDefault());
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.dropped({ reason: "This device is offline." }));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.hurry());
  }

  async connect(): Promise<void> {
    clearTimeout(this.timer);
    const session = this.newSession((event) => this.session === session && this.dropped(event));
    this.session = session;
    try {
      const global = await session.open();
      const doc = await global.openDoc(this.appId);
      await this.onOpen(doc);
      if (this.session !== session) return;
      this.attempt = 0;
      this.state.value = { kind: "open" };
      this.last?.close().catch(() => undefined);
      this.last = null;
    } catch (error) {
      if (this.session === session) this.dropped({ reason: error instanceof Error ? error.message : "" });
    }
  }

  /** Try again now instead of at the appointed time. */
  hurry(): void {
    if (this.state.value.kind === "waiting") void this.connect();
  }

  private newSession(onClosed: (event: Closed) => void): EngineSession {
    const tellLayout: LayoutListener = (id, layout) => this.onLayout(id, layout);
    const tellData: DataListener = (id) => this.onData(id);
    const tellRefusal = (_session: unknown, _request: EngineRequest, error: { code?: number; message?: string }): never => {
      if (error.code === DENIED && error.message) this.onRefused(error.message);
      throw error;
    };
    return enigma.create({
      schema,
      url: this.url,
      suspendOnClose: true,
      createSocket: (url: string) => {
        const socket = new WebSocket(url);
        socket.addEventListener("close", onClosed);
        return socket;
      },
      mixins: [
        {
          types: ["GenericObject"],
          override: {
            async getLayout(this: GenericObject, base: () => Promise<ObjectLayout>) {
              const layout = await base();
              tellLayout(this.id, layout);
              return layout;
            },
            async getListObjectData(this: GenericObject, base: (...values: unknown[]) => Promise<unknown>, ...values: unknown[]) {
              const pages = await base(...values);
              tellData(this.id);
              return pages;
            },
          },
        },
      ],
      responseInterceptors: [{ onRejected: retryAborted }, { onRejected: tellRefusal }],
    } as never) as unknown as EngineSession;
  }

  private dropped(event: Closed): void {
    if (this.state.value.kind === "ended") return;
    this.setAside();
    const ending = ENDINGS[event.code ?? 0];
    if (ending) {
      this.state.value = { kind: "ended", why: ending };
      return;
    }
    const attempt = this.attempt++;
    this.state.value = { kind: "waiting", attempt: attempt + 1, reason: event.reason ?? "" };
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.knock(), waitBefore(attempt));
  }

  /** The session that was open last is kept for its charts; one that never opened is closed. */
  private setAside(): void {
    const session = this.session;
    this.session = null;
    if (!session) return;
    if (this.state.value.kind === "open") this.last = session;
    else void session.close().catch(() => undefined);
  }

  /** Before another attempt, ask whether the page itself is still ours: a refused handshake does not say why. */
  private async knock(): Promise<void> {
    const ending = await pageEnding();
    if (ending) this.state.value = { kind: "ended", why: ending };
    else await this.connect();
  }
}

function isDisconnection(error: { code?: number } | undefined): boolean {
  return error?.code === NOT_CONNECTED;
}

async function pageEnding(): Promise<Ending | null> {
  try {
    const answer = await fetch(location.pathname, { redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect") return "signed-out";
    return answer.status === 404 || answer.status === 403 ? "no-access" : null;
  } catch {
    return null;
  }
}

/** A request that another one cancelled ("aborted") is asked again, a few times. */
function retryAborted(_session: unknown, request: EngineRequest, error: { code?: number }): unknown {
  request.retried = (request.retried ?? 0) + 1;
  if (error.code === ABORTED && request.retried <= MOST_RETRIES) return request.retry();
  throw error;
}
