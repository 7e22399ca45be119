import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withSector } from '../../src/client-registration/registration-needs.ts'
import type { ClientMetadata } from '../../src/clients/client-metadata.ts'
import type { Config } from '../../src/config.ts'

const metadata = {
  redirect_uris: ['https://shop.example/callback'],
  subject_type: 'pairwise',
} as unknown as ClientMetadata
const config = { allowLoopbackFetch: true, fetchHosts: new Set() } as unknown as Config

let server: Server
let origin: string
beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    if (url === '/hangs-up') return void response.destroy()
    if (url === '/absent') return void response.writeHead(404).end()
    if (url === '/elsewhere') return void response.writeHead(302, { location: '/right' }).end()
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(url === '/right' ? JSON.stringify(metadata.redirect_uris) : '["https://other.example/"]')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

const outcomeOf = (path: string, subject_type: 'pairwise' | 'public' = 'pairwise') =>
  withSector(config, { sector_identifier_uri: origin + path }, { ...metadata, subject_type })

test('the document of a sector proves its host', async () => {
  expect(await outcomeOf('/right')).toEqual({ ok: true, value: new URL(origin).host })
})

test('that of a client with public subjects is checked, and then forgotten', async () => {
  expect(await outcomeOf('/right', 'public')).toEqual({ ok: true, value: null })
  expect(await outcomeOf('/other', 'public')).toMatchObject({ ok: false })
})

test.each(['/hangs-up', '/absent', '/elsewhere', '/other'])(
  'whoever registers does not learn what is at %s (SSRF), and no value is repeated',
  async (path) => {
    expect(await outcomeOf(path)).toMatchObject({
      ok: false,
      error: {
        error: 'invalid_client_metadata',
        description:
          'sector_identifier_uri must lead to a JSON array of at least all redirect URIs (OpenID Connect Core §8.1)',
      },
    })
  },
)
