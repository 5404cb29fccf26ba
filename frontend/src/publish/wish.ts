// What the owner wants to publish, as the dialogue edits it and as the server takes it.
import { drawnCubeOf } from "../charts/cubes";
import { measureLabel } from "../model/fields";
import type { Remembered } from "../qix/memory";
import type { ObjectProperties } from "../qix/types";

export interface Level {
  label: string;
  dimensions: string[];
}

export interface Filter {
  field: string;
  label: string;
  values: string[];
}

export interface Plan {
  title: string;
  note: string;
  source: string;
  levels: Level[];
  names: Record<string, string>;
  measures: string[];
  filters: Filter[];
  selections: { field: string; values: string[] }[];
  minimum: number;
  unit: string;
  rows: number;
  language: string;
  theme: string;
}

export interface Audience {
  audience: "everyone" | "link" | "members" | "list" | "sites";
  readers: string[];
  embedding: "anywhere" | "sites" | "nowhere";
  sites: string[];
  downloads: boolean;
  refresh: "fixed" | "saves" | "schedule";
  refresh_hours: number;
}

export const AUDIENCE: Audience = { audience: "link", readers: [], embedding: "anywhere", sites: [], downloads: true, refresh: "fixed", refresh_hours: 24 };

export const LANGUAGES: readonly [string, string][] = [
  ["en", "English"],
  ["de", "Deutsch"],
  ["fr", "Français"],
  ["es", "Español"],
  ["it", "Italiano"],
  ["pt", "Português"],
  ["nl", "Nederlands"],
  ["pl", "Polski"],
];

/** How the server names a dimension: its definition, or its place in the library. */
export function dimensionKey(dimension: { qLibraryId?: unknown; qDef: { qFieldDefs: string[] } }): string {
  return typeof dimension.qLibraryId === "string" && dimension.qLibraryId ? `library:${dimension.qLibraryId}` : (dimension.qDef.qFieldDefs[0] ?? "");
}

const BINS = /^=Class\(aggr\(\[(.+)\],\[\1\]\),/s;

/** A name for people: the definition without brackets and sign; the bins of a histogram by their field. */
export function plainName(key: string): string {
  const bins = BINS.exec(key);
  return bins ? `${bins[1]!} in bins` : key.replace(/^=/, "").replace(/^\[(.*)\]$/s, "$1").replaceAll("]]", "]");
}

/** The plan that the dialogue begins with: the chart as it stands, under what is selected now. */
export function planFor(properties: ObjectProperties, selected: readonly Remembered[]): Plan {
  const cube = drawnCubeOf(properties);
  const dimensions = (cube?.qDimensions ?? []).map((one) => dimensionKey(one as never));
  const labels = (cube?.qDimensions ?? []).map(({ qDef }) => qDef.qFieldLabels?.[0] ?? "");
  return {
    title: typeof properties.title === "string" ? properties.title : "",
    note: "",
    source: "",
    levels: [{ label: "", dimensions }],
    names: Object.fromEntries(dimensions.map((key, at) => [key, labels[at] || plainName(key)])),
    measures: (cube?.qMeasures ?? []).map(({ qDef }) => qDef.qLabel || measureLabel(qDef.qDef ?? "")),
    filters: [],
    selections: selected.map(({ field, values }) => ({ field, values: values.map(({ qText }) => qText) })),
    minimum: 5,
    unit: "",
    rows: 200,
    language: "en",
    theme: "auto",
  };
}

/** A plan of earlier for the chart as it is now: it may have other measures since. */
export function fittedPlan(plan: Plan, now: Plan): Plan {
  return plan.measures.length === now.measures.length ? plan : { ...plan, measures: now.measures };
}

/** Lines or words that were typed into one box. */
export function listed(text: string): string[] {
  return text.split(/[\s,;]+/).filter(Boolean);
}
