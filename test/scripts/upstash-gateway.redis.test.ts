import { expect, test } from 'vitest'
import { testUpstash } from '../fakes/upstash.ts'

const { url, token } = testUpstash()
const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(url + path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { authorization: `Bearer ${token}`, ...headers },
  })
  return { status: response.status, body: (await response.json()) as unknown }
}
const key = () => `gateway:${crypto.randomUUID()}`

test('one command, its result as it is or in base64', async () => {
  const k = key()
  expect(await post('/', ['SET', k, 'Zoë'])).toEqual({ status: 200, body: { result: 'OK' } })
  expect(await post('/', ['GET', k])).toEqual({ status: 200, body: { result: 'Zoë' } })
  const encoded = await post('/', ['GET', k], { 'upstash-encoding': 'base64' })
  expect(encoded.body).toEqual({ result: Buffer.from('Zoë').toString('base64') })
  expect(await post('/', ['GET', key()])).toEqual({ status: 200, body: { result: null } })
})

test('an error of Redis is status 400 with its text', async () => {
  expect(await post('/', ['NOSUCH'])).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining('unknown command') },
  })
})

test('a pipeline answers each command, errors among them', async () => {
  const k = key()
  const { body } = await post('/pipeline', [['INCR', k], ['NOSUCH'], ['INCR', k]])
  expect(body).toEqual([{ result: 1 }, { error: expect.any(String) }, { result: 2 }])
})

test('a transaction is not interrupted by other requests', async () => {
  const k = key()
  const increments = Array.from({ length: 20 }, () => ['INCR', k])
  const answers = await Promise.all(Array.from({ length: 5 }, () => post('/multi-exec', increments)))
  for (const { body } of answers) {
    const numbers = (body as { result: number }[]).map((entry) => entry.result)
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] as number) + index))
  }
})

test('runs scripts by text and by hash', async () => {
  const loaded = await post('/', ['SCRIPT', 'LOAD', 'return {KEYS[1], ARGV[1], 7}'])
  const { result } = loaded.body as { result: string }
  expect((await post('/', ['EVALSHA', result, 1, 'k', 'v'])).body).toEqual({ result: ['k', 'v', 7] })
})

test.each([
  ['/', 'not json', 400],
  ['/', [], 400],
  ['/', {}, 400],
  ['/pipeline', ['GET', 'k'], 400],
  ['/elsewhere', ['PING'], 404],
  ['/', ['SET', 'k', 'x'.repeat(1_100_000)], 413],
])('%s refuses what it does not understand: %#', async (path, body, status) => {
  expect((await post(path, body)).status).toBe(status)
})

test('a missing or wrong token is refused', async () => {
  expect((await post('/', ['PING'], { authorization: 'Bearer wrong' })).status).toBe(401)
  expect((await post('/', ['PING'], { authorization: '' })).status).toBe(401)
})
