// The public page of published charts, built into dist-public/page, which the public role serves under /s/.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { logo } from "./build/logo.js";
import { thirdPartyNotices } from "./build/notices.js";
import { systemDark } from "./build/systemdark.js";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: "./",
  plugins: [systemDark(), logo(), thirdPartyNotices()],
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: "dist-public/page",
    assetsDir: "",
    target: "es2022",
    cssCodeSplit: false,
    manifest: true,
    modulePreload: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 3000,
    rollupOptions: { input: here("./src/public/page.ts") },
  },
});
