// An embedded chart and the page around it: tells its height, and where it is counted as seen. No cookie, no storage.

/** Tells the embedding page how high the chart is, whenever that changes; a page may listen, nothing has to. */
export function tellHeight(): void {
  if (window.parent === window) return;
  const tell = () => window.parent.postMessage({ type: "chart-height", height: Math.ceil(document.documentElement.getBoundingClientRect().height) }, "*");
  new ResizeObserver(tell).observe(document.documentElement);
  tell();
}

/** One view, with the host of the embedding page if the browser tells it. */
export function countView(slug: string, isEmbedded: boolean): void {
  const host = isEmbedded && document.referrer ? new URL(document.referrer).host : "";
  void fetch(`/c/${slug}/view?from=${encodeURIComponent(host)}`, { credentials: "omit", keepalive: true }).catch(() => undefined);
}
