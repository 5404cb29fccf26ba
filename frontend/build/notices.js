// Writes dist/THIRD-PARTY-NOTICES.txt: the licence of every package in the bundles, and the licence
// comments inside those that bring further packages along.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";

const LICENSE_FILE = /^(licen[cs]e|copying|notice)(\.\w+)?$/i;
const BANNER = /\/\*[!*]?(?:(?!\*\/)[\s\S]){0,4000}?(?:@license|@preserve|copyright|licensed under)[\s\S]{0,4000}?\*\//gi;

function packageRoot(module) {
  const mark = `${sep}node_modules${sep}`;
  const at = module.lastIndexOf(mark);
  if (at < 0) return null;
  const parts = module.slice(at + mark.length).split(sep);
  return module.slice(0, at + mark.length) + parts.slice(0, parts[0].startsWith("@") ? 2 : 1).join(sep);
}

function describe(root, modules) {
  const meta = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const texts = readdirSync(root).filter((name) => LICENSE_FILE.test(name)).map((name) => readFileSync(join(root, name), "utf8").trim());
  const banners = new Set();
  for (const module of modules) {
    for (const [banner] of readFileSync(module, "utf8").matchAll(BANNER)) banners.add(banner.trim());
  }
  const inside = banners.size ? `\n\nFurther notices inside ${meta.name}:\n\n${[...banners].join("\n\n")}` : "";
  return `${meta.name} ${meta.version} (${meta.license})\n\n${texts.join("\n\n")}${inside}`;
}

export function thirdPartyNotices() {
  return {
    name: "third-party-notices",
    generateBundle(_, bundle) {
      const packages = new Map();
      for (const chunk of Object.values(bundle)) {
        for (const module of chunk.moduleIds ?? []) {
          const file = module.replace(/^\0/, "").replace(/\?.*$/, "");
          const root = existsSync(file) ? packageRoot(file) : null;
          if (root) packages.set(root, (packages.get(root) ?? new Set()).add(file));
        }
      }
      const rule = `\n\n${"=".repeat(80)}\n\n`;
      const roots = [...packages.keys()].sort((one, other) => dirname(one).localeCompare(dirname(other)) || one.localeCompare(other));
      const source = roots.map((root) => describe(root, packages.get(root))).join(rule);
      this.emitFile({ type: "asset", fileName: "THIRD-PARTY-NOTICES.txt", source: `${source}\n` });
    },
  };
}
