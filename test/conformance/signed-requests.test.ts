/** Signed requests (RFC 9421) from outside: the examples of docs/admin-security.md, as a reader would run them. */
import { execFile } from 'node:child_process'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addClient, database, issuer } from './authly.ts'

const run = promisify(execFile)
const scopes = ['admin:roles:read', 'admin:roles:write']
let folder: string
let env: NodeJS.ProcessEnv
let guide: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authly-signed-'))
  guide = await readFile(new URL('../../docs/admin-security.md', import.meta.url), 'utf8')
  await run('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', join(folder, 'key.pem')])
  const pem = await readFile(join(folder, 'key.pem'))
  const jwk = createPublicKey(createPrivateKey(pem)).export({ format: 'jwk' })
  const client = await addClient({
    ...{ grant_types: ['client_credentials'], scopes },
    jwks: { keys: [{ ...jwk, kid: 'admin-key' }] },
  })
  await database.query('UPDATE clients SET require_request_signing = true WHERE client_id = $1', [
    client.client_id,
  ])
  const response = await fetch(`${issuer}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.client_id}:${client.client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: scopes.join(' ') }),
  })
  const { access_token } = (await response.json()) as { access_token: string }
  env = { ...process.env, AUTHLY_ISSUER: issuer, AUTHLY_TOKEN: access_token }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const example = (language: string): string => {
  const code = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(guide)?.[1]
  if (code === undefined) throw new Error(`no example in ${language}`)
  return code
}

describe('the guide to signed requests', () => {
  it('the client is refused without a signature, and told which one would do', async () => {
    const response = await fetch(`${issuer}/admin/roles`, {
      headers: { authorization: `Bearer ${env['AUTHLY_TOKEN']}` },
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('accept-signature')).toContain('"@target-uri"')
  })

  it('the example with curl and openssl works', async () => {
    await writeFile(join(folder, 'example.sh'), `set -eu\n${example('sh')}`)
    const { stdout } = await run('bash', ['example.sh'], { cwd: folder, env })
    expect(JSON.parse(stdout)).toMatchObject({ name: 'night-shift' })
  })

  it('the example with TypeScript works', async () => {
    await writeFile(join(folder, 'example.mts'), example('ts'))
    const { stdout } = await run(process.execPath, ['example.mts'], { cwd: folder, env })
    expect(stdout.trim()).toBe('201 200')
  })
})
