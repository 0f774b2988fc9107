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

const never = (signal: AbortSignal): Promise<never> => new Promise((_, fail) => { signal.addEventListener('abort', () => { fail(new DOMException('', 'AbortError')) }) })

test('a request that nobody answers is broken off and told as a problem of the network', async () => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', (_: string, { signal }: RequestInit) => never(signal as AbortSignal))
  const asked = expect(new Api(() => null).post('/api/lessons', {})).rejects.toMatchObject({ status: 0, code: 'network' })
  const soon = expect(new Api(() => null).put('/api/lessons', {}, 1_000)).rejects.toMatchObject({ code: 'network' })
  await vi.advanceTimersByTimeAsync(1_000)
  await soon
  expect(vi.getTimerCount()).toBe(1)
  await vi.advanceTimersByTimeAsync(59_000)
  await asked
  vi.useRealTimers()
})

test('an answer that breaks off in its middle is a problem of the network', async () => {
  const broken = new ReadableStream({ pull: (stream) => { stream.error(new TypeError('reset')) } })
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(broken)))
  await expect(new Api(() => null).get('/api/lessons')).rejects.toMatchObject({ status: 0, code: 'network' })
})

test('a table that is large may take its time', async () => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', () => new Promise((done) => { setTimeout(() => { done(new Response('table')) }, 300_000) }))
  const table = new Api(() => null).blob('/api/roster/classes.xlsx')
  await vi.advanceTimersByTimeAsync(300_000)
  expect(await (await table).text()).toBe('table')
  vi.useRealTimers()
})

test('a token that the server no longer knows signs out, a wrong password does not', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(refusal({ code: 'not-signed-in' }, 401)))
  const signedOut = vi.fn()
  await expect(new Api(() => null, signedOut).post('/api/sessions', {})).rejects.toBeInstanceOf(Problem)
  expect(signedOut).not.toHaveBeenCalled()
  await expect(new Api(() => 'old', signedOut).get('/api/lessons')).rejects.toBeInstanceOf(Problem)
  expect(signedOut).toHaveBeenCalledOnce()
})
