import js from "@eslint/js";
import { fileURLToPath } from "node:url";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const features = [
  "session",
  "system",
  "serving",
  "experiments",
  "runs",
  "models",
  "webhooks",
  "pipelines",
  "datasets",
  "evaluations",
];

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/lib/api-types.gen.ts"] },
  js.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: "./tsconfig.json", tsconfigRootDir: fileURLToPath(new URL(".", import.meta.url)) },
    },
    plugins: { "react-hooks": reactHooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": "off",
      // The router throws its redirects.
      "@typescript-eslint/only-throw-error": "off",
    },
  },
  {
    files: ["src/components/ui/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["@/features/*", "@/routes/*"] }] },
  },
  // Features do not import each other; a route brings them together.
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [...features.filter((f) => f !== feature).map((f) => `@/features/${f}/*`), "@/routes/*"] },
      ],
    },
  })),
  {
    files: ["dev/**", "*.js"],
    languageOptions: { globals: { process: "readonly", console: "readonly", Buffer: "readonly", URL: "readonly" } },
  },
);
