// The menu of bookmarks: keep what is selected, go back to what was kept.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Workspace } from "../model/workspace";
import { useObservable } from "../shared/observable";
import { Icon, IconButton } from "./icons";

export function BookmarkMenu({ workspace }: { workspace: Workspace }) {
  const [isOpen, setOpen] = useState(false);
  const opened = useObservable(workspace.opened);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const leave = (event: Event) => event.target instanceof Node && !place.current?.contains(event.target) && setOpen(false);
    addEventListener("pointerdown", leave);
    addEventListener("focusin", leave);
    return () => {
      removeEventListener("pointerdown", leave);
      removeEventListener("focusin", leave);
    };
  }, [isOpen]);
  const close = () => {
    setOpen(false);
    place.current?.querySelector("button")?.focus();
  };
  return (
    <div class="menu-place" ref={place} onKeyDown={(event) => event.key === "Escape" && isOpen && close()}>
      <button
        type="button"
        class="icon-button"
        aria-label="Bookmarks"
        title="Bookmarks"
        aria-expanded={isOpen}
        aria-controls="bookmarks"
        disabled={!opened}
        data-testid="bookmarks"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="bookmark" />
      </button>
      {isOpen && <Menu workspace={workspace} onDone={close} />}
    </div>
  );
}

function Menu({ workspace, onDone }: { workspace: Workspace; onDone: () => void }) {
  const bookmarks = useObservable(workspace.bookmarks.all);
  const selected = useObservable(workspace.memory.fields);
  const [title, setTitle] = useState("");
  const keep = (event: Event) => {
    event.preventDefault();
    void workspace.bookmarks.keep(title);
    setTitle("");
  };
  return (
    <section class="menu" id="bookmarks" aria-label="Bookmarks" data-testid="bookmark-menu">
      {bookmarks.length === 0 ? (
        <p class="menu-hint">{workspace.level === "owner" ? "Keep what is selected, for you and everybody who sees this app." : "Keep what is selected. Your bookmarks are your own: nobody else sees them."}</p>
      ) : (
        <ul class="menu-list">
          {bookmarks.map(({ id, title: name, isOwn }) => (
            <li key={id} class="menu-item" data-testid="bookmark">
              <button
                type="button"
                class="menu-action"
                onClick={() => {
                  void workspace.bookmarks.apply(id);
                  onDone();
                }}
              >
                <Icon name="bookmark" size={16} />
                <span>{name}</span>
              </button>
              {isOwn && <IconButton icon="trash" label={`Remove the bookmark ${name}`} size={16} onClick={() => void workspace.bookmarks.remove(id)} />}
            </li>
          ))}
        </ul>
      )}
      <form class="menu-form" onSubmit={keep}>
        <input class="input" aria-label="Name of the bookmark" placeholder={selected ? "Name for these selections" : "Name (nothing is selected)"} value={title} maxLength={80} onInput={(event) => setTitle(event.currentTarget.value)} data-testid="bookmark-name" />
        <button type="submit" class="button" data-testid="keep-bookmark">
          Keep
        </button>
      </form>
    </section>
  );
}
