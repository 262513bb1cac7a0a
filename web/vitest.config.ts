import { defineConfig, mergeConfig } from "vitest/config";
import viteConfig from "./vite.config";

export default mergeConfig(
  viteConfig,
  defineConfig({
    test: {
      environment: "jsdom",
      environmentOptions: { jsdom: { url: "http://localhost:5000/" } },
      setupFiles: ["./src/test/setup.ts"],
      css: false,
      testTimeout: 60_000,
      restoreMocks: true,
    },
  }),
);
