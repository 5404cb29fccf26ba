// Dark colours also before and without scripts: what stands under [data-theme="dark"] counts too while the page has no
// theme yet and the reader's system is dark.
const BLOCK = /(\[data-theme=("?)dark\2\])([^{}]*)\{([^{}]*)\}/g;

export function systemDark() {
  return {
    name: "system-dark",
    enforce: "post",
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "asset" || !file.fileName.endsWith(".css")) continue;
        const css = String(file.source);
        const dark = [...css.matchAll(BLOCK)].map(([, , , rest, body]) => `html:not([data-theme])${rest}{${body}}`);
        file.source = `${css}@media (prefers-color-scheme:dark){${dark.join("")}}`;
      }
    },
  };
}
