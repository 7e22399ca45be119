/**
 * `@authly-server/api` in workerd, where a promise of one request may never settle for another: keys are read while many
 * wait for them, by a request that is called off, and again when there is a new one.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RawWorkerd, serveRawWorkerd } from '../../../scripts/raw-workerd.ts'
import { jws } from '../../../scripts/sdk-vectors/jws.ts'
import { newKey, publicHalf } from '../../../scripts/sdk-vectors/vector-file.ts'

const audience = 'https://api.example'
const keys = [newKey('ES256', 'first')]
let issuer: string
let server: Server
let folder: string
let worker: RawWorkerd
let reads = 0
let delay = 0

const tokenOf = (key = keys[0]): string => {
  if (!key) throw new Error('no key')
  const iat = Math.floor(Date.now() / 1000)
  return jws(
    { alg: key.alg, kid: key.kid, typ: 'at+jwt' },
    {
      ...{ iss: issuer, aud: audience, sub: 'user-1', client_id: 'app-1', jti: crypto.randomUUID() },
      ...{ iat, exp: iat + 300, scope: 'orders:read' },
    },
    key,
  )
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    if (request.url === '/jwks') reads += 1
    await sleep(delay)
    const published = keys.map((key) => ({ ...publicHalf(key), kid: key.kid, alg: key.alg, use: 'sig' }))
    const metadata = {
      ...{ issuer, jwks_uri: `${issuer}/jwks` },
      ...{ authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` },
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.url === '/jwks' ? { keys: published } : metadata))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  folder = await mkdtemp(join(tmpdir(), 'authly-sdk-worker-'))
  await build({
    entryPoints: [join(import.meta.dirname, 'api-worker.ts')],
    ...{ outfile: join(folder, 'worker.js'), bundle: true, format: 'esm', target: 'es2024' },
    conditions: ['authly-source', 'worker'],
  })
  worker = await serveRawWorkerd({
    bundle: {
      ...{ folder, main: 'worker.js', modules: [], durableObjects: [] },
      ...{ compatibilityDate: '2026-10-01', compatibilityFlags: [] },
    },
    vars: { AUTHLY_ISSUER: issuer, AUTHLY_AUDIENCE: audience },
    ...{ objectsFolder: join(folder, 'objects'), readyPath: '/.well-known/oauth-protected-resource' },
  })
})
afterAll(async () => {
  await worker?.stop('SIGKILL')
  server?.close()
  await rm(folder, { recursive: true, force: true })
})

const ask = async (token: string, signal?: AbortSignal): Promise<number> => {
  const response = await fetch(`${worker.url}/orders`, {
    headers: { authorization: `Bearer ${token}` },
    ...(signal ? { signal } : {}),
  })
  await response.arrayBuffer()
  return response.status
}

it('many first requests read the keys once', async () => {
  delay = 200
  const statuses = await Promise.all(Array.from({ length: 30 }, () => ask(tokenOf())))
  expect(statuses).toEqual(Array(30).fill(200))
  expect(reads).toBe(1)
})

it('a new key is found by all who wait for it, though the one who asked is called off', async () => {
  const next = newKey('ES256', 'next')
  keys.push(next)
  // After the pause between two readings.
  await sleep(10_100)
  delay = 400
  const calledOff = ask(tokenOf(next), AbortSignal.timeout(100)).catch(() => 0)
  await sleep(50)
  const waiting = Promise.all(Array.from({ length: 10 }, () => ask(tokenOf(next))))
  expect(await calledOff).toBe(0)
  expect(await waiting).toEqual(Array(10).fill(200))
  expect(await ask(tokenOf())).toBe(200)
})
