// Where a chart's hypercube is: at the top of its properties and of its layout, but for box plots, which keep what a
// person chose in a place of their own and work further cubes out of it.
import type { CubeDef, CubeLayout, ObjectLayout, ObjectProperties } from "../qix/types";

const INSIDE = "boxplotDef";

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
