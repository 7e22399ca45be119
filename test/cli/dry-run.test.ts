/** `--dry-run`: what is answered by the server where it can try a change out, and what is only printed. */
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeServer, runCli, serveApi } from './fake-server.ts'

const dry_run = {
  faults: [] as object[],
  served: [{ member: 'id_token_signed_response_alg', before: 'RS256', after: 'ES256' }],
  demands: [{ demand: 'pkce', words: 'PKCE in every request', grants: 'None' }],
  ...{ lifted: [], people: 3 },
}
let asked: { request: string; body: string }[]
let server: FakeServer

beforeEach(async () => {
  asked = []
  server = await serveApi(async (request, response) => {
    asked.push({ request: `${request.method} ${request.url}`, body: await text(request) })
    response.writeHead(200, { 'content-type': 'application/json', etag: '"7"' })
    response.end(JSON.stringify({ client_id: 'shop', dry_run }))
  })
})
afterEach(() => server.stop())

const run = (...argv: string[]) => runCli(server.issuer, ...argv)

describe('--dry-run', () => {
  it('of a change of a client is tried by the server, and nobody is asked to confirm it', async () => {
    const change = ['clients', 'update', 'shop', '--client-profile', 'fapi2-security']
    const { code, stdout } = await run(...change, '--dry-run', '--output', 'json')
    expect(code).toBe(0)
    expect(asked.at(-1)).toEqual({
      request: 'PATCH /admin/clients/shop?dry_run=true',
      body: '{"profile":"fapi2-security"}',
    })
    expect(asked.filter(({ request }) => request.startsWith('PATCH'))).toHaveLength(1)
    expect(JSON.parse(stdout)).toMatchObject({ dry_run })
  })

  it('of a change that the server tries looks names up, and one that is printed does not', async () => {
    // The server here takes every id for one of a client.
    await run('clients', 'update', 'Shop', '--client-profile', 'mcp', '--dry-run')
    expect(asked.map(({ request }) => request)).toContain('GET /admin/clients/Shop')
    asked = []
    await run('clients', 'delete', 'Shop', '--dry-run')
    expect(asked).toEqual([])
  })

  it('is told in sentences to people, whole in a narrow terminal', async () => {
    const change = ['clients', 'update', 'shop', '--client-profile', 'fapi2-security', '--dry-run']
    const { stdout, stderr } = await run(...change)
    expect(stdout).toContain('The change would be made.')
    expect(stdout).toContain('id_token_signed_response_alg  RS256 → ES256')
    expect(stdout).toContain('pkce: PKCE in every request.')
    expect(stdout).toContain('People who have given it consent: 3')
    expect(stderr).toContain('Nothing was changed')
  })

  it('of a change that would be refused fails as the change would', async () => {
    dry_run.faults.push({ pointer: '#/require_pkce', detail: 'must be true' })
    const change = ['clients', 'update', 'shop', '--client-profile', 'fapi2-security', '--dry-run']
    const { code, stdout } = await run(...change)
    expect(code).toBe(1)
    expect(stdout).toContain('#/require_pkce  must be true')
    dry_run.faults.pop()
  })

  it('is what makes the difference: without it the change wants a confirmation, and is made', async () => {
    const change = ['clients', 'update', 'shop', '--client-profile', 'fapi2-security']
    expect((await run(...change)).code).toBe(2)
    expect(asked.filter(({ request }) => request.startsWith('PATCH'))).toEqual([])
    expect((await run(...change, '--yes')).code).toBe(0)
    expect(asked.at(-1)?.request).toBe('PATCH /admin/clients/shop')
  })

  it('of what the server cannot try is printed and not sent', async () => {
    const { code, stdout } = await run('clients', 'delete', 'shop', '--dry-run')
    expect(code).toBe(0)
    expect(stdout).toContain('DELETE')
    expect(asked).toEqual([])
  })
})

describe('client-profiles', () => {
  it.each([
    [['client-profiles', 'get', 'mcp'], 'GET /admin/client-profiles/mcp'],
    [['client-profiles', 'check', 'mcp', '--limit', '3'], 'GET /admin/client-profiles/mcp/clients?limit=3'],
  ])('%j asks %s', async (argv, request) => {
    await run(...argv)
    expect(asked.map((one) => one.request)).toContain(request)
  })
})
