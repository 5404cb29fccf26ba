// Draws one chart into an element and reports how it stands: waiting, drawn, wrong.
import { useEffect, useState } from "preact/hooks";
import { explainedProblems, problemsIn, type Problem } from "../charts/problems";
import { passByTab } from "../charts/listkeys";
import { keepRepaired } from "../charts/repair";
import { drawingInfo } from "../charts/kinds";
import { describe, type Opened, type Workspace } from "../model/workspace";
import type { ObjectLayout } from "../qix/types";
import { useObservable } from "../shared/observable";

export interface Drawing {
  state: "loading" | "drawn" | "error";
  /** How often the chart was drawn anew. */
  updates: number;
  problems: Problem[];
  title: string;
}

const BEGINNING: Drawing = { state: "loading", updates: 0, problems: [], title: "" };
/** A list that fetches nothing after a layout (it knows all values already) counts as drawn after this time. */
const NO_DATA_MS = 3000;

type Change = (change: (before: Drawing) => Drawing) => void;

export function useDrawing(workspace: Workspace, id: string, type: string, place: { current: HTMLElement | null }): Drawing {
  const opened = useObservable(workspace.opened);
  const [drawing, setDrawing] = useState<Drawing>(BEGINNING);
  useEffect(() => {
    if (!opened || !place.current) return undefined;
    setDrawing(BEGINNING);
    const stopReading = workspace.onLayout(id, (layout) => void readLayout(opened, id, layout, setDrawing));
    const stopDrawing = draw(workspace, opened, id, type, place.current, setDrawing);
    const stopRepairing = keepRepaired(place.current, "Values. Press Enter to go in, Space to select, Escape to leave.");
    return () => {
      stopRepairing();
      stopReading();
      stopDrawing();
    };
  }, [opened, id, type]);
  return drawing;
}

/** After the next picture is on the screen: one more update. */
function drawn(change: Change): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() =>
      change((before) => ({ ...before, updates: before.updates + 1, state: before.problems.length ? "error" : "drawn" })),
    ),
  );
}

async function readLayout(opened: Opened, id: string, layout: ObjectLayout, change: Change): Promise<void> {
  const found = problemsIn(layout);
  const title = typeof layout.title === "string" ? layout.title : "";
  change((before) => ({ ...before, title, problems: found, state: found.length ? "error" : before.updates ? "drawn" : before.state }));
  if (found.length === 0) return;
  const object = await opened.doc.getObject(id);
  const problems = await explainedProblems(opened.doc, layout, await object.getProperties());
  change((before) => (before.problems === found ? { ...before, problems } : before));
}

function draw(workspace: Workspace, opened: Opened, id: string, type: string, element: HTMLElement, change: Change): () => void {
  const info = drawingInfo(type);
  if (!info) {
    const what = `A chart of the type “${type}”`;
    change((before) => ({ ...before, state: "error", problems: [{ what, why: "This page cannot draw it yet." }] }));
    return () => undefined;
  }
  const failed = (error: unknown) =>
    change((before) => ({ ...before, state: "error", problems: [{ what: info.label, why: describe(error) }] }));
  return info.load ? drawChart(opened, id, element, () => drawn(change), failed) : drawList(workspace, opened, id, element, () => drawn(change), failed);
}

type Failed = (error: unknown) => void;

function drawChart(opened: Opened, id: string, element: HTMLElement, onDrawn: () => void, failed: Failed): () => void {
  const ending = new AbortController();
  const watcher = new MutationObserver(onDrawn);
  watcher.observe(element, { subtree: true, attributes: true, attributeFilter: ["data-render-count"] });
  const viz = opened.nebula.render({ element, id, signal: ending.signal, onError: failed as never });
  viz.catch((error: unknown) => ending.signal.aborted || failed(error));
  return () => {
    watcher.disconnect();
    if (!ending.signal.aborted) ending.abort();
    void viz.then((shown) => shown.destroy()).catch(() => undefined);
  };
}

/** A list box has no count of its own: it stands anew when the values that follow its layout have come. */
function drawList(workspace: Workspace, opened: Opened, id: string, element: HTMLElement, onDrawn: () => void, failed: Failed): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWaiting = false;
  const settled = () => {
    clearTimeout(timer);
    if (isWaiting) onDrawn();
    isWaiting = false;
  };
  const stops = [
    workspace.onLayout(id, (layout) => {
      isWaiting = true;
      clearTimeout(timer);
      timer = setTimeout(settled, layout.qListObject?.qSize?.qcy ? NO_DATA_MS : 0);
    }),
    workspace.onData(id, settled),
    passByTab(element),
  ];
  let isGone = false;
  let unmount = () => undefined as void;
  opened.nebula
    .field({ qId: id } as never)
    .then(async (field) => {
      if (isGone) return;
      unmount = () => field.unmount();
      await field.mount(element, { search: "toggle", toolbar: true, showLock: true });
    })
    .catch(failed);
  return () => {
    isGone = true;
    clearTimeout(timer);
    stops.forEach((stop) => stop());
    unmount();
  };
}
