// Puts a .br and a .gz beside each text file of the build, so that the server compresses nothing itself.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const TEXT = /\.(js|mjs|css|html|svg|json|webmanifest|wasm|txt)$/
const SMALLEST = 1024

for (const name of readdirSync(process.argv[2], { recursive: true })) {
  const file = join(process.argv[2], name)
  if (!TEXT.test(file) || statSync(file).size < SMALLEST) continue
  const plain = readFileSync(file)
  writeFileSync(`${file}.br`, brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
  writeFileSync(`${file}.gz`, gzipSync(plain, { level: 9 }))
}
