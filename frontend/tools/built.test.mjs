import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LIGHT_LIMIT, judge } from './built.mjs'

function build(script, style = 'a{color:red}', page = '<html></html>') {
  const dist = mkdtempSync(join(tmpdir(), 'dist-'))
  mkdirSync(join(dist, '.vite'))
  const chunk = { file: 'page.js', css: ['page.css'], dynamicImports: ['later.ts'] }
  const manifest = { 'room.html': chunk, 'pupil.html': chunk, 'later.ts': { file: 'later.js' } }
  writeFileSync(join(dist, '.vite/light.json'), JSON.stringify(manifest))
  writeFileSync(join(dist, 'page.js'), script)
  writeFileSync(join(dist, 'later.js'), 'later()')
  writeFileSync(join(dist, 'page.css'), style)
  writeFileSync(join(dist, 'room.html'), page)
  return judge(dist).faults
}

test('a plain page has no fault', () => {
  expect(build('const a = b?.c ?? 1; a ||= 2')).toEqual([])
})

test.each(['list.at(-1)', 'structuredClone(a)', 'Object.hasOwn(a, b)', 'class A { #b = 1 }', 'await load()', 'crypto.randomUUID()'])('%s is too new', (script) => {
  expect(build(script).join()).toContain('newer than Chrome 86')
})

test.each(['a{inset:0}', 'a{aspect-ratio:16/9}', 'a:has(b){color:red}', 'a{height:100dvh}', 'a:is(b){color:red}'])('%s is too new', (style) => {
  expect(build('', style).join()).toContain('newer than Chrome 86')
})

test('a page that grew too heavy is refused', () => {
  expect(build(`x("${randomBytes(LIGHT_LIMIT).toString('base64')}")`).join()).toContain('the limit is')
})

test('an address of an outside host is refused, a namespace is not', () => {
  expect(build('', '', '<script src="https://cdn.example.org/a.js"></script>').join()).toContain('asks https://cdn.example.org/a.js')
  expect(build('', 'a{mask:url("data:image/svg+xml,<svg xmlns=\'http://www.w3.org/2000/svg\'/>")}')).toEqual([])
})
