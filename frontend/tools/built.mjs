import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parse } from 'acorn'

/** gzip bytes of script that a light page may load before the picture plays. */
export const LIGHT_LIMIT = 60_000
const LIGHT = ['room', 'pupil']
/** What only a tap of somebody loads, never a lesson; it must run on the same old browsers. */
const TAPPED = ['src/shared/line-test/SelfTest.vue']

/** The newest syntax that Chrome 86 reads whole (logical assignment, 85). */
const SYNTAX = 2021
/** What Chrome 86 does not have, by the version that brought it; the bundler lowers syntax, nobody lowers these.
 *  Vue's wrappers of array methods (`…(this).toSorted(`) run only when a page calls the method, so they do not count. */
const NEWER_SCRIPT = {
  'Array.at (92)': /\.at\(/,
  'structuredClone (98)': /\bstructuredClone\(/,
  'findLast (97)': /\.findLast(Index)?\(/,
  'toSorted and kin (110)': /(?<!\(this\))\.to(Sorted|Reversed|Spliced)\(/,
  'Object.hasOwn (93)': /\bObject\.hasOwn\(/,
  'Object.groupBy (117)': /\b(Object|Map)\.groupBy\(/,
  'Promise.withResolvers (119)': /\bPromise\.withResolvers\b/,
  'crypto.randomUUID (92)': /\brandomUUID\(/,
  'AbortSignal.timeout (103)': /\bAbortSignal\.(timeout|any)\(/,
}
const NEWER_STYLE = {
  'inset (87)': /[;{]\s*inset(-\w+)*:/,
  'aspect-ratio (88)': /[;{]\s*aspect-ratio:/,
  ':is, :where (88)': /:(is|where)\(/,
  ':has (105)': /:has\(/,
  'accent-color (93)': /[;{]\s*accent-color:/,
  'dvh and kin (108)': /\d[dsl]v[hw]\b/,
  'color-mix, oklch (111)': /\b(color-mix|oklch|oklab)\(/,
  '@layer, @container (99/105)': /@(layer|container)\b/,
  'nesting (112)': /&[\s.:[]/,
  'individual transforms (104)': /[;{]\s*(translate|scale|rotate):/,
}
/** Namespaces and licences are names, not requests. */
const NAMES_ONLY = /^https?:\/\/(www\.w3\.org\/|127\.0\.0\.1|localhost)/

/** Looks at one build. Returns the faults as sentences and each light page's gzip bytes. */
export function judge(dist) {
  const manifest = JSON.parse(readFileSync(join(dist, '.vite/light.json'), 'utf8'))
  const weights = {}
  const faults = outsideHosts(dist)
  for (const page of LIGHT) {
    const { scripts, styles } = loadedBy(manifest, `${page}.html`)
    const weighed = loadedBy(manifest, `${page}.html`, new Set(TAPPED)).scripts
    const texts = weighed.map((file) => readFileSync(join(dist, file)))
    weights[page] = texts.reduce((sum, text) => sum + gzipSync(text).length, 0)
    if (weights[page] > LIGHT_LIMIT) faults.push(`${page}: ${weights[page]} bytes of script, the limit is ${LIGHT_LIMIT}`)
    for (const file of scripts) faults.push(...unreadable(join(dist, file), file), ...newer(join(dist, file), file, NEWER_SCRIPT))
    for (const file of styles) faults.push(...newer(join(dist, file), file, NEWER_STYLE))
  }
  return { faults, weights }
}

/** The files that a page loads, dynamic imports included: a light page has nothing to hide behind them. `seen` are left out. */
export function loadedBy(manifest, entry, seen = new Set()) {
  const scripts = []
  const styles = []
  if (seen.has(entry)) return { scripts, styles }
  seen.add(entry)
  const chunk = manifest[entry]
  scripts.push(chunk.file)
  styles.push(...(chunk.css ?? []))
  for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) {
    const deeper = loadedBy(manifest, next, seen)
    scripts.push(...deeper.scripts)
    styles.push(...deeper.styles)
  }
  return { scripts, styles }
}

/** Syntax that an old browser could not even parse. */
export function unreadable(path, name) {
  try {
    parse(readFileSync(path, 'utf8'), { ecmaVersion: SYNTAX, sourceType: 'module' })
    return []
  } catch (error) {
    return [`${name}: syntax newer than Chrome 86: ${error.message}`]
  }
}

export function newer(path, name, table) {
  const text = readFileSync(path, 'utf8')
  const hits = Object.entries(table).filter(([, pattern]) => pattern.test(text))
  return hits.map(([feature, pattern]) => `${name}: newer than Chrome 86: ${feature}: …${text.match(pattern)[0]}…`)
}

/** Any address of an outside host in a page or a style sheet: those are asked for without a script. */
export function outsideHosts(dist) {
  const files = readdirSync(dist, { recursive: true }).filter((file) => /\.(html|css)$/.test(file))
  return files.flatMap((file) => {
    const addresses = readFileSync(join(dist, file), 'utf8').match(/https?:\/\/[^\s"')]+/g) ?? []
    return addresses.filter((address) => !NAMES_ONLY.test(address)).map((address) => `${file}: asks ${address}`)
  })
}
