import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const gateway = process.env.TURNOUT_URL ?? "http://127.0.0.1:8787";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    // The package carries what is built: an operator who installs the wheel needs no Node.
    outDir: fileURLToPath(new URL("../src/turnout/pages", import.meta.url)),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
  },
  server: { proxy: { "/api": gateway, "/llms.txt": gateway } },
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"] },
});
