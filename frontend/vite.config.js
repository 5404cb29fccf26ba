// The workspace is built into dist/, which Django serves under /static/workspace/. Two names are fixed
// (workspace.js, workspace.css); all else is chunks/<name>-<hash>, fetched relative to the file that asks.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { plainConstructors } from "./build/constructors.js";
import { thirdPartyNotices } from "./build/notices.js";
import { qixSchema } from "./build/schema.js";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: "./",
  plugins: [qixSchema(), plainConstructors(), thirdPartyNotices()],
  define: { "process.env.NODE_ENV": '"production"' },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: {
    alias: { "@nebula.js/stardust": here("./node_modules/@nebula.js/stardust/dist/stardust.js") },
  },
  build: {
    outDir: "dist",
    target: "es2022",
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 3000,
    rollupOptions: {
      input: here("./src/workspace.ts"),
      output: {
        // What Vite adds for lazy loading goes to a chunk of its own: no chunk may import the renamed entry. So does
        // what the charts share: a change of our own code then leaves their cached files valid.
        codeSplitting: {
          groups: [
            { name: "loading", test: /vite\/preload-helper|rolldown\/runtime|rolldown:runtime/ },
            { name: "stardust", test: /@nebula\.js\/stardust/ },
          ],
        },
        entryFileNames: "workspace.js",
        chunkFileNames: "chunks/[name]-[hash].js",
        assetFileNames: ({ names }) => (names?.some((name) => name.endsWith(".css")) ? "workspace.css" : "chunks/[name]-[hash][extname]"),
      },
    },
  },
  test: { include: ["tests/**/*.test.ts"] },
});
