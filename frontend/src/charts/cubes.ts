// Where a chart's hypercube is: at the top of its properties and of its layout, but for box plots, which keep what a
// person chose in a place of their own and work further cubes out of it.
import type { CubeDef, CubeLayout, MeasureDef, ObjectLayout, ObjectProperties } from "../qix/types";

const INSIDE = "boxplotDef";
const TARGET = "bullet-target";

interface AttributeExpression {
  qExpression: string;
  id?: string;
}

export function cubeDefOf(properties: ObjectProperties): CubeDef | undefined {
  return properties.qHyperCubeDef ?? (properties[INSIDE] as { qHyperCubeDef?: CubeDef } | undefined)?.qHyperCubeDef;
}

export function withCubeDef(properties: ObjectProperties, cube: CubeDef): ObjectProperties {
  const inside = properties[INSIDE];
  return inside ? { ...properties, [INSIDE]: { ...inside, qHyperCubeDef: cube } } : { ...properties, qHyperCubeDef: cube };
}

export function cubeOf(layout: ObjectLayout): CubeLayout | undefined {
  return layout.qHyperCube ?? (layout[INSIDE] as { qHyperCube?: CubeLayout } | undefined)?.qHyperCube;
}

/** The expression of a bullet's target: an attribute of its measure, by the name that the chart looks for. */
export function targetOf(measure: MeasureDef | undefined): string | undefined {
  return ((measure?.["qAttributeExpressions"] as AttributeExpression[] | undefined) ?? []).find(({ id }) => id === TARGET)?.qExpression;
}

/** The cube with this target for its first measure, or with none. */
export function withTarget(cube: CubeDef, target: string | undefined): CubeDef {
  const [first, ...others] = cube.qMeasures;
  if (!first) return cube;
  const rest = ((first["qAttributeExpressions"] as AttributeExpression[] | undefined) ?? []).filter(({ id }) => id !== TARGET);
  const attributes = target ? [...rest, { qExpression: target, id: TARGET }] : rest;
  return { ...cube, qMeasures: [{ ...first, qDef: { ...first.qDef, target: target ?? "" }, qAttributeExpressions: attributes }, ...others] };
}

/** The cube whose numbers are drawn: that of a histogram is one of bins, and targets of bullets count as measures. */
export function drawnCubeOf(properties: ObjectProperties): CubeDef | undefined {
  const box = (properties["qUndoExclude"] as { box?: { qHyperCubeDef?: CubeDef } } | undefined)?.box?.qHyperCubeDef;
  if (properties.visualization === "histogram") return box;
  const cube = cubeDefOf(properties);
  if (!cube || properties.visualization !== "bulletchart") return cube;
  const targeted = (measure: MeasureDef) => [measure, ...(targetOf(measure) ? [{ qDef: { qDef: targetOf(measure)! } }] : [])];
  return { ...cube, qMeasures: cube.qMeasures.flatMap(targeted) };
}
