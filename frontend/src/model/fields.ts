// The fields of the app and how to write them in an expression.
import type { Doc } from "../qix/types";

export type FieldKind = "number" | "date" | "text";

export interface FieldInfo {
  name: string;
  kind: FieldKind;
  isKey: boolean;
  tables: string[];
  distinct: number;
}

interface FieldItem {
  qName: string;
  qTags?: string[];
  qSrcTables?: string[];
  qCardinal?: number;
  qIsHidden?: boolean;
  qIsSystem?: boolean;
  qIsNumeric?: boolean;
}

export const AGGREGATIONS = ["Sum", "Count", "Avg", "Min", "Max", "Only"] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

const WORDS: Record<Aggregation, string> = {
  Sum: "Sum of",
  Count: "Count of",
  Avg: "Average",
  Min: "Smallest",
  Max: "Largest",
  Only: "Only",
};

const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** The name as it stands in an expression: bare, or in brackets with closing brackets doubled. */
export function quoted(field: string): string {
  return PLAIN_NAME.test(field) ? field : `[${field.replaceAll("]", "]]")}]`;
}

/** The field that a definition names when it is nothing but a field; otherwise null. */
export function bareField(definition: string): string | null {
  const text = definition.trim();
  if (text.startsWith("[") && text.endsWith("]")) {
    const inner = text.slice(1, -1);
    return /(^|[^\]])(\]\])*\](?!\])/.test(inner) ? null : inner.replaceAll("]]", "]");
  }
  return text !== "" && !/[=()+*/&<>'"]/.test(text) ? text : null;
}

export function aggregate(how: Aggregation, field: string): string {
  return `${how}(${quoted(field)})`;
}

/** The reverse of `aggregate`: null when the expression is anything else. */
export function readAggregate(expression: string): { how: Aggregation; field: string } | null {
  const found = /^=?\s*(\w+)\s*\(\s*(\[(?:[^\]]|\]\])+\]|[\p{L}_][\p{L}\p{N}_]*)\s*\)\s*$/u.exec(expression);
  if (!found) return null;
  const how = AGGREGATIONS.find((name) => name.toLowerCase() === found[1]!.toLowerCase());
  const field = bareField(found[2]!);
  return how && field !== null ? { how, field } : null;
}

/** The heading of a measure: "Sum of distance", or the expression itself. */
export function measureLabel(expression: string): string {
  const parts = readAggregate(expression);
  return parts ? `${WORDS[parts.how]} ${parts.field}` : expression.replace(/^=/, "").trim();
}

/** How a field is best summed up when somebody picks it as a measure. */
export function usualAggregation(field: FieldInfo): Aggregation {
  return field.kind === "number" && !field.isKey ? "Sum" : "Count";
}

export function kindOf(tags: readonly string[], isNumeric: boolean): FieldKind {
  if (tags.includes("$date") || tags.includes("$timestamp") || tags.includes("$time")) return "date";
  return tags.includes("$numeric") || isNumeric ? "number" : "text";
}

export async function listFields(doc: Doc): Promise<FieldInfo[]> {
  const list = await doc.createSessionObject({
    qInfo: { qType: "FieldList" },
    qFieldListDef: { qShowSystem: false, qShowHidden: false, qShowSemantic: true, qShowSrcTables: true },
  });
  try {
    const layout = await list.getLayout();
    const items = (layout["qFieldList"] as { qItems?: FieldItem[] } | undefined)?.qItems ?? [];
    return items
      .filter((item) => !item.qIsHidden && !item.qIsSystem)
      .map((item) => ({
        name: item.qName,
        kind: kindOf(item.qTags ?? [], Boolean(item.qIsNumeric)),
        isKey: (item.qTags ?? []).includes("$key") || (item.qSrcTables ?? []).length > 1,
        tables: item.qSrcTables ?? [],
        distinct: item.qCardinal ?? 0,
      }));
  } finally {
    await doc.destroySessionObject(list.id);
  }
}

/** Fields whose name (or table) holds every word typed; those that begin with it first. */
export function searchFields(fields: readonly FieldInfo[], typed: string): FieldInfo[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = fields.filter((field) => {
    const text = `${field.name} ${field.tables.join(" ")}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const starts = (field: FieldInfo) => (words[0] && field.name.toLowerCase().startsWith(words[0]) ? 0 : 1);
  return hits.sort((one, other) => starts(one) - starts(other) || one.name.localeCompare(other.name));
}
