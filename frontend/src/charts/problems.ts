// What is wrong with a chart, in a sentence that names the thing and the cause.
import { cubeDefOf, cubeOf } from "./cubes";
import type { ColumnInfo, CubeLayout, Doc, EngineErrorInfo, ObjectLayout, ObjectProperties } from "../qix/types";

export interface Problem {
  /** What cannot be shown: "Measure “Sum of dist”". */
  what: string;
  why: string;
}

const CALCULATION_CONDITION = 7005;

const CAUSES: Record<number, string> = {
  2: "The field does not exist in this app.",
  7000: "The expression cannot be understood.",
  7001: "The expression cannot be understood.",
  7002: "The dimension is not a field or an expression of this app.",
  7003: "The result is too large. Select fewer values first.",
  7004: "The calculation took too long. Select fewer values first.",
  7009: "The result is too large. Select fewer values first.",
};

function why(error: EngineErrorInfo): string {
  return error.qExtendedMessage || CAUSES[error.qErrorCode] || `It cannot be calculated (error ${error.qErrorCode}).`;
}

function isReal(error: EngineErrorInfo | undefined): error is EngineErrorInfo {
  return error !== undefined && error !== null && error.qErrorCode !== undefined && error.qErrorCode !== CALCULATION_CONDITION;
}

interface Bad {
  role: "Dimension" | "Measure";
  index: number;
  title: string;
  error: EngineErrorInfo;
}

function bad(role: Bad["role"], columns: readonly ColumnInfo[]): Bad[] {
  return columns.flatMap((column, index) =>
    isReal(column.qError) ? [{ role, index, title: column.qFallbackTitle ?? "", error: column.qError }] : [],
  );
}

function badColumns(layout: ObjectLayout): Bad[] {
  const list = layout.qListObject?.qDimensionInfo;
  if (list) return bad("Dimension", [list]);
  const cube = cubeOf(layout);
  return [...bad("Dimension", cube?.qDimensionInfo ?? []), ...bad("Measure", cube?.qMeasureInfo ?? [])];
}

/** The problems that a layout reports; empty when all is well. */
export function problemsIn(layout: ObjectLayout): Problem[] {
  const columns = badColumns(layout).map(({ role, title, error }) => ({ what: named(role, title), why: why(error) }));
  const whole = wholeProblem(cubeOf(layout));
  return whole && columns.length === 0 ? [whole] : columns;
}

/** As `problemsIn`, with the cause looked up where the layout does not say it. */
export async function explainedProblems(doc: Doc, layout: ObjectLayout, properties: ObjectProperties): Promise<Problem[]> {
  const columns = badColumns(layout);
  if (columns.length === 0) return problemsIn(layout);
  return Promise.all(
    columns.map(async ({ role, index, title, error }) => {
      const text = definition(properties, role, index);
      const cause = error.qExtendedMessage || !text ? null : await causeOf(doc, text);
      return { what: named(role, title || text), why: cause ?? why(error) };
    }),
  );
}

/** What CheckExpression has against a text; null when nothing. */
export async function causeOf(doc: Doc, text: string): Promise<string | null> {
  const found = await doc.checkExpression(text);
  if (found.qErrorMsg) return found.qErrorMsg;
  const names = (found.qBadFieldNames ?? []).map(({ qFrom, qCount }) => text.substring(qFrom, qFrom + qCount));
  if (names.length === 0) return null;
  return names.length === 1 ? `There is no field ${names[0]} in this app.` : `There are no fields ${names.join(", ")} in this app.`;
}

function wholeProblem(cube: CubeLayout | undefined): Problem | null {
  return isReal(cube?.qError) ? { what: "This chart", why: why(cube.qError) } : null;
}

function named(role: string, title: string): string {
  return title ? `${role} “${title}”` : role;
}

function definition(properties: ObjectProperties, role: Bad["role"], index: number): string {
  if (properties.qListObjectDef) return properties.qListObjectDef.qDef.qFieldDefs[0] ?? "";
  const cube = cubeDefOf(properties);
  return (role === "Dimension" ? cube?.qDimensions[index]?.qDef.qFieldDefs[0] : cube?.qMeasures[index]?.qDef.qDef) ?? "";
}
