// The script and style of a chart's file that works without a network (charts/public/forms.py puts them in).
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { systemDark } from "./build/systemdark.js";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [systemDark()],
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: "dist-public/offline",
    target: "es2022",
    cssCodeSplit: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 3000,
    lib: { entry: here("./src/public/offline.ts"), formats: ["iife"], name: "chart", fileName: () => "offline.js", cssFileName: "offline" },
  },
});
