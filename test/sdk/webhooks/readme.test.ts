/** The examples of the package's README run, as they are, and receive what the server signs. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { generateSecret, importSigningKey, signWebhook } from '../../../src/webhooks/sign.ts'

const root = join(import.meta.dirname, '../../..')
const readme = readFileSync(join(root, 'sdk/js/webhooks/README.md'), 'utf8')
const secret = generateSecret()
const id = '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60'
const body = JSON.stringify({
  type: 'user.deleted',
  timestamp: '2026-11-23T09:00:00Z',
  data: { id, subject: null },
})

async function signed(by: string): Promise<RequestInit> {
  const keys = [await importSigningKey(by)]
  const headers = await signWebhook({ id, timestamp: Math.floor(Date.now() / 1000), body }, keys)
  return { method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } }
}

let folder: string
beforeAll(async () => {
  // Packages that the example imports are found from there.
  folder = await mkdtemp(join(root, 'node_modules/.readme-'))
  vi.stubEnv('AUTHLY_WEBHOOK_SECRET', secret)
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await rm(folder, { recursive: true, force: true })
})

async function load<Exports>(name: string): Promise<Exports> {
  const contents = readme.match(new RegExp(`\`\`\`ts ${name}\n([^]*?)\`\`\``))?.[1]
  if (contents === undefined) throw new Error(`the README has no example ${name}`)
  const outfile = join(folder, `${name}.mjs`)
  await build({
    stdin: { contents, loader: 'ts', resolveDir: root },
    ...{ outfile, bundle: true, format: 'esm', platform: 'node', conditions: ['authly-source'] },
    ...{ external: ['express', 'hono'], logLevel: 'error' },
  })
  return (await import(pathToFileURL(outfile).href)) as Exports
}

async function listen(listener: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`)
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}

/** What each example must do. */
async function accepts(send: (init: RequestInit) => Promise<number> | number): Promise<void> {
  expect(await send(await signed(secret))).toBe(204)
  expect(await send(await signed(generateSecret()))).toBe(400)
  expect(await send({ ...(await signed(secret)), body: body.replace('deleted', 'created') })).toBe(400)
  expect(await send({ method: 'POST', body })).toBe(400)
}

describe('the README', () => {
  it('receives webhooks with Express, before a parser for everything else', async () => {
    const { app } = await load<{ app: RequestListener }>('express')
    await listen(app, (url) => accepts(async (init) => (await fetch(url, init)).status))
  })

  it('receives webhooks with Hono', async () => {
    const { app } = await load<{ app: { request(path: string, init: RequestInit): Promise<Response> } }>(
      'hono',
    )
    await accepts(async (init) => (await app.request('/webhooks', init)).status)
  })

  it('receives webhooks with a route of Next.js', async () => {
    const { POST } = await load<{ POST(request: Request): Promise<Response> }>('next')
    await accepts(async (init) => (await POST(new Request('https://app.example/webhooks', init))).status)
  })

  it('handles an event once', async () => {
    const { handle } = await load<{ handle(request: Request): Promise<void> }>('seen')
    const request = async () => new Request('https://app.example/', await signed(secret))
    await handle(await request())
    await expect(handle(await request())).rejects.toMatchObject({ code: 'replayed', status: 200 })
  })
})
