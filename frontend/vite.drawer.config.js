// The code that draws pictures on the server: one file, run in an embedded V8 (charts/pictures.py).
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: "dist-public/drawer",
    target: "es2022",
    reportCompressedSize: false,
    chunkSizeWarningLimit: 3000,
    lib: { entry: here("./src/public/drawer.ts"), formats: ["iife"], name: "drawer", fileName: () => "drawer.js" },
  },
});
