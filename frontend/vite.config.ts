import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const page = (name: string) => fileURLToPath(new URL(`${name}.html`, import.meta.url))
const web = process.env['SONGJIAO_PUBLIC_URL'] ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [vue()],
  // Village machines are old: everything is built for browsers from Chrome 86 on (tools/check-built.mjs looks at the result).
  build: {
    target: ['es2020', 'chrome86'],
    cssTarget: 'chrome86',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 10_000,
    rollupOptions: { input: { desk: page('index'), room: page('room'), pupil: page('pupil') } },
    manifest: true,
  },
  server: { proxy: { '/api': { target: web, ws: true } } },
  test: { include: ['src/**/*.test.ts', 'tools/**/*.test.mjs'], environment: 'node' },
})
