// `npm run pages` ends here: looks at dist/ and fails when a light page grew too heavy or speaks newer than Chrome 86,
// or when any page would ask an outside host for something.
import { resolve, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { judge } from './built.mjs'

const dist = resolve(dirname(fileURLToPath(import.meta.url)), '../dist')
const { faults, weights } = judge(dist)
for (const [page, bytes] of Object.entries(weights)) console.log(`${page}: ${(bytes / 1000).toFixed(1)} kB of script, gzip`)
for (const fault of faults) console.error(fault)
process.exitCode = faults.length ? 1 : 0
