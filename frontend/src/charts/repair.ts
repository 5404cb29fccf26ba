// Puts right what the charts say to screen readers: list boxes call their values rows of no grid, and some
// hidden labels stand on elements that may not have one. Looks again whenever a chart changes its elements.

const ROW = '.listbox-container :is([role="row"], [role="option"][aria-rowindex])';

/** The elements in between get no role: the list box finds its neighbours by looking for one. */
function repairLists(root: Element, name: string): void {
  for (const row of root.querySelectorAll<HTMLElement>(ROW)) {
    row.setAttribute("role", "option");
    row.removeAttribute("aria-rowindex");
    const list = row.closest<HTMLElement>('[class*="styledScrollbars"]');
    if (!list) continue;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-multiselectable", "true");
    list.setAttribute("aria-label", name);
    list.tabIndex = 0;
  }
}

function repairLabels(root: Element): void {
  for (const label of root.querySelectorAll('div[id$="_type"][aria-label]:not([role])')) label.setAttribute("role", "note");
}

/** Keeps `root` repaired until the answered function is called. */
export function keepRepaired(root: Element, name: string): () => void {
  let frame = 0;
  const repair = () => {
    frame = 0;
    repairLists(root, name);
    repairLabels(root);
  };
  const watcher = new MutationObserver(() => {
    frame ||= requestAnimationFrame(repair);
  });
  watcher.observe(root, { childList: true, subtree: true, attributeFilter: ["role", "aria-rowindex"] });
  return () => {
    watcher.disconnect();
    cancelAnimationFrame(frame);
  };
}
