// Puts the product's logo beside the public page's files, under its own name.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const LOGO = fileURLToPath(new URL("../../hub/static/hub/logo.svg", import.meta.url));

export function logo() {
  return {
    name: "logo",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "logo.svg", source: readFileSync(LOGO) });
    },
  };
}
