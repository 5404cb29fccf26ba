// The QIX schema that enigma.js carries, cut down to the classes this page can meet: the rest is dead weight.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const CLASSES = ["Global", "Doc", "GenericObject", "GenericBookmark", "GenericDimension", "GenericMeasure", "GenericVariable", "Field"];
const NAME = "virtual:qix-schema";

export function qixSchema() {
  return {
    name: "qix-schema",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load(id) {
      if (id !== `\0${NAME}`) return null;
      const path = createRequire(import.meta.url).resolve("enigma.js/schemas/12.2027.0.json");
      const whole = JSON.parse(readFileSync(path, "utf8"));
      const structs = Object.fromEntries(CLASSES.map((name) => [name, whole.structs[name]]));
      return `export default ${JSON.stringify({ structs, enums: {} })}`;
    },
  };
}
