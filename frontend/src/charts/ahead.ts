// Fetches the code of the charts that this app showed last time while the connection is still being made:
// the two waits then run side by side. Only a guess; a sheet fetches whatever else it needs.
import type { Sheet } from "../model/sheets";
import { drawingInfo } from "./kinds";

const key = (appId: string) => `kinds:${appId}`;

export function rememberKinds(appId: string, sheet: Sheet | null): void {
  const kinds = new Set(sheet?.cells.map(({ type }) => type));
  localStorage.setItem(key(appId), [...kinds].join(" "));
}

export function fetchKinds(appId: string): void {
  for (const kind of (localStorage.getItem(key(appId)) ?? "").split(" ")) {
    drawingInfo(kind)?.load?.().catch(() => undefined);
  }
}
