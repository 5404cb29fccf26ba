// The selections bar: stardust's own, mounted once for each open document.
import { useEffect, useRef } from "preact/hooks";
import type { Workspace } from "../model/workspace";
import { useObservable } from "../shared/observable";

export function SelectionsBar({ workspace }: { workspace: Workspace }) {
  const opened = useObservable(workspace.opened);
  const selected = useObservable(workspace.memory.fields);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!opened || !place.current) return undefined;
    const element = place.current;
    let unmount = () => undefined as void;
    let isGone = false;
    void opened.nebula.selections().then((bar) => {
      if (isGone) return;
      bar.mount(element);
      unmount = () => bar.unmount();
    });
    return () => {
      isGone = true;
      unmount();
    };
  }, [opened]);
  return (
    <nav class="selections" aria-label="Current selections" data-testid="selections-bar">
      {opened && selected === 0 && <p class="selections-none">Nothing is selected. Click in a chart or a list to select.</p>}
      <div ref={place} class={opened ? "selections-place" : "selections-place skeleton"} key={opened?.generation ?? 0} />
    </nav>
  );
}
