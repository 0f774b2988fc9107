// `npm run types`: asks the web app for its OpenAPI document and writes src/shared/api-types.ts from it.
// The interpreter is $PYTHON, else the project's .venv. The written file is not committed: every build makes it anew.
import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const frontend = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const house = resolve(frontend, '..')
const target = resolve(frontend, 'src/shared/api-types.ts')

function interpreter() {
  const own = resolve(house, '.venv/bin/python')
  return process.env['PYTHON'] ?? (existsSync(own) ? own : 'python3')
}

function openapi() {
  const program = 'import json, songjiao; print(json.dumps(songjiao.build_web().openapi()))'
  const printed = execFileSync(interpreter(), ['-c', program], { cwd: house, encoding: 'utf8', maxBuffer: 64e6 })
  return JSON.parse(printed.trim().split('\n').pop())
}

// Answers always carry fields that have a default, so those are not optional here.
const tree = await openapiTS(openapi(), { defaultNonNullable: true, alphabetize: true })
writeFileSync(target, `// Written by npm run types from the web app's OpenAPI document.\n${astToString(tree)}`)
console.log(`wrote ${target}`)
