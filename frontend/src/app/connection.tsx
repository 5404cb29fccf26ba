// What the page says when the connection is not there: a banner while it comes back, a page when it cannot.
import type { Ending } from "../qix/link";
import type { Workspace } from "../model/workspace";
import { useObservable } from "../shared/observable";
import { Icon } from "./icons";

export function Banner({ workspace }: { workspace: Workspace }) {
  const link = useObservable(workspace.link.state);
  const wasOpen = useObservable(workspace.opened) !== null;
  if (link.kind !== "waiting" || (!wasOpen && link.attempt < 2)) return null;
  return (
    <div class="banner" role="status" data-testid="connection-banner">
      <Icon name="warning" size={18} />
      <span>
        {wasOpen ? "The connection dropped. Reconnecting; your selections come back with it." : "The server does not answer yet. Trying again."}
        {link.reason && !/websocket/i.test(link.reason) ? ` (${link.reason})` : ""}
      </span>
      <button type="button" class="link" onClick={() => workspace.link.hurry()}>
        Try now
      </button>
    </div>
  );
}

const ENDINGS: Record<Ending, { title: string; text: string; action: string; href: () => string }> = {
  "no-access": {
    title: "You no longer have access to this app",
    text: "It was deleted, or its owner withdrew the share. Ask the owner if you think this is a mistake.",
    action: "Back to your apps",
    href: () => "/",
  },
  "signed-out": {
    title: "You are signed out",
    text: "Sign in again to go on where you were. Your saved work is safe.",
    action: "Sign in",
    href: () => location.href,
  },
};

export function Ended({ why }: { why: Ending }) {
  const { title, text, action, href } = ENDINGS[why];
  return (
    <main class="ended" data-testid="connection-ended" data-reason={why}>
      <Icon name={why === "no-access" ? "warning" : "key"} size={40} />
      <h1>{title}</h1>
      <p>{text}</p>
      <a
        class="button is-primary"
        href={href()}
        onClick={(event) => {
          if (why !== "signed-out") return;
          event.preventDefault();
          location.reload();
        }}
      >
        {action}
      </a>
    </main>
  );
}
