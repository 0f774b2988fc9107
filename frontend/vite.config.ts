import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const page = (name: string) => fileURLToPath(new URL(`${name}.html`, import.meta.url))
const web = process.env['SONGJIAO_PUBLIC_URL'] ?? 'http://127.0.0.1:8000'

/** What every page's head has in common stands once, in src/shared/head.html. */
const head: Plugin = {
  name: 'songjiao-head',
  transformIndexHtml: {
    order: 'pre',
    handler: (html) => html.replace('<!-- head -->', readFileSync(new URL('src/shared/head.html', import.meta.url), 'utf8').trim()),
  },
}

/** The desk and the light pages are built apart, so that a village screen loads only those parts of Vue that it uses. */
const DESK = { input: { desk: page('index') }, manifest: '.vite/desk.json', options: 'true' }
const LIGHT = { input: { room: page('room'), pupil: page('pupil') }, manifest: '.vite/light.json', options: 'false' }

export default defineConfig(({ mode }) => {
  const built = mode === 'light' ? LIGHT : DESK
  return {
    plugins: [vue(), head],
    define: { __VUE_OPTIONS_API__: built.options },
    // Village machines are old: everything is built for browsers from Chrome 86 on (tools/check-built.mjs looks at the result).
    build: {
      target: ['es2020', 'chrome86'],
      cssTarget: 'chrome86',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 10_000,
      emptyOutDir: built === DESK,
      manifest: built.manifest,
      rolldownOptions: { input: built.input },
    },
    server: { proxy: { '/api': { target: web, ws: true } } },
    test: { include: ['src/**/*.test.ts', 'tools/**/*.test.mjs'], environment: 'node' },
  }
})
