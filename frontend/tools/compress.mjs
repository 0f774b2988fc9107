// `npm run pages` ends here: writes a .gz and a .br beside each text file of dist/, so that no server compresses twice.
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const dist = resolve(dirname(fileURLToPath(import.meta.url)), '../dist')
/** Below this a compressed file saves no packet. */
const WORTH = 1_000

const files = readdirSync(dist, { recursive: true }).map((file) => join(dist, file))
for (const file of files.filter((file) => /\.(html|js|mjs|css|svg|json|wasm|webmanifest)$/.test(file) && statSync(file).size > WORTH)) {
  const text = readFileSync(file)
  writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }))
  writeFileSync(`${file}.br`, brotliCompressSync(text))
}
