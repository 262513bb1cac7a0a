import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const gateway = process.env.MILLWRIGHT_URL ?? "http://127.0.0.1:5000";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/v1": { target: gateway } } },
  build: {
    target: "es2022",
    // Nothing inlined as data: URLs, so that the page's content security policy stays strict.
    assetsInlineLimit: 0,
    // ECharts is one lazy chunk above the default warning.
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      output: {
        manualChunks: (id) =>
          /node_modules\/(react|react-dom|scheduler|@tanstack|@radix-ui)\//.test(id) ? "framework" : undefined,
      },
    },
  },
});
