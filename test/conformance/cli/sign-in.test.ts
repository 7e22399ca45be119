/** Signing in on the command line: the browser flow, service accounts, where tokens are kept, and when they end. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addUser, database, issuer } from '../authly.ts'
import type { SeededUser } from '../seed.ts'
import { createUserAgent, type Page } from '../user-agent.ts'
import { addServiceAccount, answerSignIn, createHome, giveRoles, type Home } from './program.ts'

let admin: SeededUser
const homes: Home[] = []
const newHome = async () => {
  const home = await createHome()
  homes.push(home)
  return home
}

beforeAll(async () => {
  admin = await addUser({ profile: { name: 'Ada' } })
  await giveRoles(admin, ['admin'])
})
afterAll(() => Promise.all(homes.map((home) => home.remove())))

const credentialsIn = (home: Home, profile = 'default') => join(home.folder, 'credentials', `${profile}.json`)
const readCredentials = (home: Home) =>
  JSON.parse(readFileSync(credentialsIn(home), 'utf8')) as Record<string, string>
const refreshEvents = async (user: SeededUser) => {
  const { rows } = await database.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM audit_events WHERE user_id = $1 AND type = 'token.refreshed'",
    [user.id],
  )
  return rows[0]?.count
}

describe('authly login with a browser', () => {
  it('signs in by code and PKCE on a loopback port and keeps the tokens for this user alone (RFC 8252 §7.3)', async () => {
    const home = await newHome()
    const login = await home.login(admin)
    expect(login.code, login.stderr).toBe(0)
    expect(login.stdout).toBe('')
    expect(statSync(home.folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(home.folder, 'credentials')).mode & 0o777).toBe(0o700)
    expect(statSync(credentialsIn(home)).mode & 0o777).toBe(0o600)
    expect(statSync(join(home.folder, 'profiles.json')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(home.folder, 'profiles.json'), 'utf8')).not.toContain('token')
    expect(readdirSync(join(home.folder, 'credentials'))).toEqual(['default.json'])

    const who = await home.run(['whoami', '--output', 'json'])
    expect(who.code, who.stderr).toBe(0)
    expect(JSON.parse(who.stdout)).toMatchObject({
      issuer,
      sub: admin.id,
      kind: 'person',
      profile: 'default',
    })
    const roles = await home.run(['roles', 'list'])
    expect(roles.code, roles.stderr).toBe(0)
    expect(roles.stdout).toContain('auditor')
  })

  it('says who signed in by their name, and asks whom the browser is signed in with (OpenID Connect Core §3.1.2.1)', async () => {
    const home = await newHome()
    const agent = createUserAgent()
    const seen: string[] = []
    const onPage = ({ url }: Page) => void seen.push(url.pathname)
    const first = home.start(['login', '--issuer', issuer, '--no-browser'])
    await answerSignIn(first, admin, { agent, onPage })
    expect((await first.done).stderr).toContain(`as ${admin.username} (`)
    expect(seen).not.toContain('/select-account')
    const second = home.start(['login', '--issuer', issuer, '--no-browser'])
    await answerSignIn(second, admin, { agent, onPage })
    expect((await second.done).code).toBe(0)
    expect(seen).toContain('/select-account')
  })

  it('tells somebody who may nothing who they are', async () => {
    const nobody = await addUser()
    const home = await newHome()
    await home.login(nobody)
    const denied = await home.run(['roles', 'list'])
    expect([denied.code, denied.stderr]).toEqual([
      1,
      expect.stringContaining(
        `Signed in as ${nobody.username}. No role of theirs gave it when they signed in`,
      ),
    ])
    const identity = await home.login(nobody, ['--scope', 'openid'])
    expect(identity.stderr).toContain('can administer nothing')
  })

  it('asks again for what the first sign-in was not given, once there is a role (RFC 6749 §3.3)', async () => {
    const user = await addUser()
    const home = await newHome()
    expect((await home.login(user)).stderr).toContain('can administer nothing')
    await giveRoles(user, ['auditor'])
    const login = await home.login(user)
    expect([login.code, login.stderr]).toEqual([0, expect.not.stringContaining('can administer nothing')])
    expect((await home.run(['roles', 'list'])).code).toBe(0)
    const granted = String(readCredentials(home)['scope']).split(' ')
    expect(granted).toContain('admin:roles:read')
    expect(granted).not.toContain('admin:roles:write')
  })

  it('waits past an answer with a foreign state or another path, and ends at its own (RFC 6749 §10.12)', async () => {
    const home = await newHome()
    const command = home.start(['login', '--issuer', issuer, '--no-browser'])
    const [, address = ''] = await command.seen('stderr', /(http\S+\/oauth\/authorize\?\S+)/)
    const redirectUri = new URL(address).searchParams.get('redirect_uri') as string
    expect(redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)
    expect((await fetch(`${redirectUri}?code=stolen&state=guessed`)).status).toBe(400)
    expect((await fetch(`${redirectUri}?error=access_denied`)).status).toBe(400)
    expect((await fetch(redirectUri.replace('/callback', '/'))).status).toBe(404)
    expect((await fetch(redirectUri, { method: 'POST' })).status).toBe(404)
    await answerSignIn(command, admin)
    expect((await command.done).code).toBe(0)
  })

  it('refuses an answer of another issuer (RFC 9207 §2.4)', async () => {
    const home = await newHome()
    const command = home.start(['login', '--issuer', issuer, '--no-browser'])
    const [, address = ''] = await command.seen('stderr', /(http\S+\/oauth\/authorize\?\S+)/)
    const query = new URL(address).searchParams
    const state = query.get('state') as string
    const mixedUp = new URLSearchParams({ code: 'c', state, iss: 'https://evil.example' })
    expect((await fetch(`${query.get('redirect_uri')}?${mixedUp}`)).status).toBe(400)
    const { code, stderr } = await command.done
    expect(code).toBe(4)
    expect(stderr).toContain('Not signed in')
    expect((await home.run(['whoami'])).code).toBe(4)
  })

  it('renews the token once for parallel commands (RFC 9700 §4.14)', async () => {
    const user = await addUser()
    await giveRoles(user, ['admin'])
    const home = await newHome()
    await home.login(user)
    const before = readCredentials(home)
    writeFileSync(credentialsIn(home), JSON.stringify({ ...before, expires_at: 0 }))
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => home.run(['roles', 'list', '-o', 'json'])),
    )
    expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual(Array(6).fill([0, '']))
    const after = readCredentials(home)
    expect(after['access_token']).not.toBe(before['access_token'])
    expect(after['refresh_token']).not.toBe(before['refresh_token'])
    expect(statSync(credentialsIn(home)).mode & 0o777).toBe(0o600)
    await expect.poll(() => refreshEvents(user), { timeout: 20_000, interval: 250 }).toBe(1)
  })

  it('gets over a lock that a killed command left behind', async () => {
    const home = await newHome()
    await home.login(admin)
    writeFileSync(credentialsIn(home), JSON.stringify({ ...readCredentials(home), expires_at: 0 }))
    writeFileSync(`${credentialsIn(home)}.lock`, '999999999 gone\n')
    expect((await home.run(['roles', 'list'])).code).toBe(0)
    expect(readdirSync(join(home.folder, 'credentials'))).toEqual(['default.json'])
  })

  it('says so when the sign-in has ended, and uses no file that others can read', async () => {
    const home = await newHome()
    await home.login(admin)
    await chmod(credentialsIn(home), 0o644)
    const open = await home.run(['roles', 'list'])
    expect([open.code, open.stderr]).toEqual([4, expect.stringContaining('Others can read')])
    await chmod(credentialsIn(home), 0o600)
    writeFileSync(
      credentialsIn(home),
      JSON.stringify({ ...readCredentials(home), expires_at: 0, refresh_token: 'authly_rt_none' }),
    )
    const ended = await home.run(['roles', 'list'])
    expect([ended.code, ended.stderr]).toEqual([4, expect.stringContaining('authly login')])
  })

  it('revokes the tokens at the server and forgets them (RFC 7009)', async () => {
    const home = await newHome()
    await home.login(admin)
    const { access_token } = readCredentials(home)
    const out = await home.run(['logout'])
    expect(out.code, out.stderr).toBe(0)
    expect(readdirSync(join(home.folder, 'credentials'))).toEqual([])
    const used = await fetch(`${issuer}/admin/roles`, {
      headers: { authorization: `Bearer ${access_token}` },
    })
    expect(used.status).toBe(401)
    expect((await home.run(['roles', 'list'])).code).toBe(4)
  })
})

describe('authly login as a service account', () => {
  it('takes the secret from a variable, a file or stdin, and never as an argument', async () => {
    const account = await addServiceAccount(['admin:roles:read'])
    const args = ['login', '--issuer', issuer, '--client-id', account.client_id, '--client-secret']
    const home = await newHome()
    const visible = await home.run([...args, account.client_secret])
    expect([visible.code, visible.stderr]).toEqual([2, expect.stringContaining('everybody on this machine')])
    for (const [source, options] of [
      ['-', { stdin: `${account.client_secret}\n` }],
      ['env:SECRET', { env: { SECRET: account.client_secret } }],
    ] as const) {
      const login = await home.run([...args, source], options)
      expect(login.code, login.stderr).toBe(0)
      const listed = await home.run(['roles', 'list', '--output', 'ndjson'])
      expect(listed.code, listed.stderr).toBe(0)
    }
    const denied = await home.run(['roles', 'delete', 'auditor', '--yes'])
    expect([denied.code, denied.stderr]).toEqual([1, expect.stringContaining('admin:roles:write')])
    const who = await home.run(['whoami', '-o', 'json'])
    expect(JSON.parse(who.stdout)).toMatchObject({ kind: 'service', client_id: account.client_id })
  })

  it('works from the environment alone and keeps nothing', async () => {
    const account = await addServiceAccount(['admin:roles:read'])
    const home = await newHome()
    const env = {
      AUTHLY_ISSUER: issuer,
      AUTHLY_CLIENT_ID: account.client_id,
      AUTHLY_CLIENT_SECRET: account.client_secret,
    }
    const listed = await home.run(['roles', 'list'], { env })
    expect(listed.code, listed.stderr).toBe(0)
    expect(() => statSync(home.folder)).toThrow()
    const wrong = await home.run(['roles', 'list'], { env: { ...env, AUTHLY_CLIENT_SECRET: 'wrong' } })
    expect(wrong.code).toBe(4)
  })

  it('never sends a token of one server to another', async () => {
    const account = await addServiceAccount(['admin:roles:read'])
    const home = await newHome()
    await home.run(['login', '--issuer', issuer, '--client-id', account.client_id, '--client-secret', '-'], {
      stdin: account.client_secret,
    })
    const other = await home.run([
      'roles',
      'list',
      '--profile',
      'default',
      '--issuer',
      'https://other.example',
    ])
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('is for')])
    const path = await home.run(['api', 'GET', '//other.example/admin'])
    expect(path.code).toBe(2)
    const plain = await home.run(['login', '--issuer', 'http://auth.example.com'])
    expect([plain.code, plain.stderr]).toEqual([2, expect.stringContaining('must be https')])
  })
})
