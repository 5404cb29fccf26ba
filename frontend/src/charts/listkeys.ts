// The Tab key and list boxes: stardust's list keeps the focus once it is inside, which is right only for
// somebody who went in. Here Tab passes a list by; Enter goes in, Escape comes out.

const ENTER = { key: "Enter", keyCode: 13, bubbles: true, cancelable: true };

function isOutside(target: EventTarget | null, root: HTMLElement): boolean {
  return target === root || (target instanceof HTMLElement && target.getAttribute("role") === "listbox");
}

/** Sees to the keys of the list box in `root` until the answered function is called. */
export function passByTab(root: HTMLElement): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOutside(event.target, root)) return;
    if (event.key === "Tab") event.stopPropagation();
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    root.querySelector(".listbox-container")?.dispatchEvent(new KeyboardEvent("keydown", ENTER));
  };
  root.addEventListener("keydown", onKeyDown, true);
  return () => root.removeEventListener("keydown", onKeyDown, true);
}
