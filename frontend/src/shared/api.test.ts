import { afterEach, expect, test, vi } from 'vitest'
import { Api, Problem, readProblem, search } from './api'
import { language } from './i18n'

afterEach(() => vi.unstubAllGlobals())

const refusal = (body: object, status: number) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/problem+json' } })

test('empty values are left out of the address', () => {
  expect(search({ q: '', room: 'mine', after: null, limit: 20 })).toBe('?room=mine&limit=20')
  expect(search({})).toBe('')
})

test('a problem document speaks the language of the page', async () => {
  const document = { code: 'wrong-password', detail_zh: '密码不对', detail_en: 'Wrong password', tries_left: 3 }
  expect((await readProblem(refusal(document, 401))).message).toBe('密码不对')
  language.value = 'en'
  const problem = await readProblem(refusal(document, 401))
  language.value = 'zh-CN'
  expect([problem.message, problem.code, problem.document['tries_left']]).toEqual(['Wrong password', 'wrong-password', 3])
})

test('an answer that is no JSON still becomes a sentence', async () => {
  const problem = await readProblem(new Response('<html>', { status: 502 }))
  expect([problem.status, problem.code]).toEqual([502, 'unknown'])
  expect(problem.message).toContain('502')
})

test('no answer at all is a problem of the network', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('refused')))
  await expect(new Api(() => null).get('/api/health')).rejects.toMatchObject({ status: 0, code: 'network' })
})

test('a token that the server no longer knows signs out, a wrong password does not', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(refusal({ code: 'not-signed-in' }, 401)))
  const signedOut = vi.fn()
  await expect(new Api(() => null, signedOut).post('/api/sessions', {})).rejects.toBeInstanceOf(Problem)
  expect(signedOut).not.toHaveBeenCalled()
  await expect(new Api(() => 'old', signedOut).get('/api/lessons')).rejects.toBeInstanceOf(Problem)
  expect(signedOut).toHaveBeenCalledOnce()
})
