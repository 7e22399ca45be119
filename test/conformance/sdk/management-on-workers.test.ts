/** `@authly-server/management` in plain workerd: requests, uploads, both kinds of streams, and a token for all. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RawWorkerd, serveRawWorkerd } from '../../../scripts/raw-workerd.ts'
import { permissionNames } from '../../../src/access/permissions.ts'
import { addClient, issuer } from '../authly.ts'

let folder: string
let worker: RawWorkerd

beforeAll(async () => {
  const service = await addClient({
    ...{ scopes: [...permissionNames], resources: [], grant_types: ['client_credentials'] },
  })
  folder = await mkdtemp(join(tmpdir(), 'authly-management-worker-'))
  await build({
    entryPoints: [join(import.meta.dirname, 'management-worker.ts')],
    ...{ outfile: join(folder, 'worker.js'), bundle: true, format: 'esm', target: 'es2024' },
    conditions: ['authly-source', 'workerd', 'worker', 'import'],
  })
  worker = await serveRawWorkerd({
    bundle: {
      ...{ folder, main: 'worker.js', modules: [], durableObjects: [] },
      ...{ compatibilityDate: '2026-10-01', compatibilityFlags: [] },
    },
    vars: {
      ...{ AUTHLY_ISSUER: issuer, AUTHLY_CLIENT_ID: service.client_id },
      AUTHLY_CLIENT_SECRET: service.client_secret,
    },
    ...{ objectsFolder: join(folder, 'objects'), readyPath: '/ready' },
  })
})
afterAll(async () => {
  await worker?.stop('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

const mark = () => `worker-${randomBytes(5).toString('hex')}`
const ask = async (path: string): Promise<Readonly<Record<string, unknown>>> =>
  (await fetch(`${worker.url}${path}?mark=${mark()}`)).json() as Promise<Readonly<Record<string, unknown>>>

describe('on Workers', () => {
  it('many requests at a time share one token', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask('/count')))
    for (const answer of answers) expect(answer).toHaveProperty('total_count')
  })

  it('a request that is called off takes no other along', async () => {
    const stop = new AbortController()
    const gone = fetch(`${worker.url}/count`, { signal: stop.signal }).catch(() => undefined)
    stop.abort()
    await gone
    expect(await ask('/count')).toHaveProperty('total_count')
  })

  it('accounts are created, and refusals are of their class', async () => {
    expect(await ask('/create')).toHaveProperty('id')
    expect(await ask('/missing')).toMatchObject({ name: 'NotFound', code: 'not_found' })
  })

  it('rows are uploaded as they are made, the job is followed, its results are read', async () => {
    expect(await ask('/import')).toEqual({ succeeded: 600, lines: 600 })
  })

  it.each(['websocket', 'sse'])('the audit trail is followed over %s', async (transport) => {
    expect(await ask(`/tail/${transport}`)).toEqual({ seen: 'user.created' })
  })
})
