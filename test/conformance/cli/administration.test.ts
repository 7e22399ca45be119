/** Administration on the command line, against a running server: people, applications, roles, the audit trail. */
import { randomBytes } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { permissionNames } from '../../../src/access/permissions.ts'
import { addUser, database, issuer } from '../authly.ts'
import type { SeededUser } from '../seed.ts'
import { addServiceAccount, createHome, giveRoles, type Home } from './program.ts'

let home: Home
let admin: SeededUser
const fresh = (word: string) => `${word}-${randomBytes(5).toString('hex')}`

beforeAll(async () => {
  admin = await addUser()
  await giveRoles(admin, ['admin'])
  home = await createHome()
  const login = await home.login(admin)
  expect(login.code, login.stderr).toBe(0)
})
afterAll(() => home.remove())

/** Runs a command that must succeed; its answer as JSON. */
async function ok<Value = Record<string, unknown>>(...args: string[]): Promise<Value> {
  const { code, stdout, stderr } = await home.run([...args, '--output', 'json'])
  expect(code, `${args.join(' ')}: ${stderr}`).toBe(0)
  return (stdout === '' ? undefined : JSON.parse(stdout)) as Value
}

describe('users', () => {
  it('are created, found by name, changed, disabled, and deleted', async () => {
    const username = fresh('grace')
    const created = await ok(
      'users',
      'create',
      '--username',
      username,
      '--email',
      `${username}@example.test`,
      '--profile-name',
      'Grace',
      '--setup-method',
      'temporary_password',
    )
    expect(created).toMatchObject({
      username,
      profile: { name: 'Grace' },
      temporary_password: expect.any(String),
    })

    const listed = await home.run(['users', 'list', '--username', username])
    expect(listed.code, listed.stderr).toBe(0)
    expect(listed.stdout.split('\n')).toHaveLength(3)
    expect(listed.stdout).toContain(`${username}@example.test`)

    for (const spelling of [
      `${username}@example.test`,
      username.toUpperCase(),
      `${username}＠ｅｘａｍｐｌｅ．test`,
    ]) {
      expect(await ok('users', 'get', spelling)).toMatchObject({ id: created['id'] })
    }
    const updated = await ok(
      'users',
      'update',
      username,
      '--profile-nickname',
      'Amazing',
      '--email',
      `new-${username}@example.test`,
    )
    expect(updated).toMatchObject({
      email: `new-${username}@example.test`,
      profile: { name: 'Grace', nickname: 'Amazing' },
    })
    expect(await ok('users', 'update', username, '--unset', 'profile.nickname')).toMatchObject({
      profile: { name: 'Grace' },
    })

    const promoted = await ok('users', 'roles', 'set', username, '--roles', 'auditor', '--yes')
    expect(promoted).toMatchObject({ roles: ['auditor'] })
    await ok('users', 'disable', username)
    expect(await ok('users', 'get', username)).toMatchObject({ status: 'disabled' })
    const refused = await home.run(['users', 'delete', username])
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--yes')])
    await ok('users', 'delete', username, '--yes')
    expect((await home.run(['users', 'get', username])).code).toBe(1)
  })

  it('that are not there, or may not be named so, are explained', async () => {
    const missing = await home.run(['users', 'get', '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60'])
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('no such thing')])
    const wrong = await home.run(['users', 'create', '--username', ' ', '--setup-method', 'none'])
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('username')])
  })

  it('named with escape sequences do not control the terminal', async () => {
    const user = await addUser({ profile: { name: '\u001b[2J\u001b]0;owned\u0007\u009b31m' } })
    for (const output of ['table', 'json', 'ndjson']) {
      const { code, stdout, stderr } = await home.run(['users', 'get', user.id, '--output', output])
      expect(code, stderr).toBe(0)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
      expect(stdout.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
      expect(stdout).toContain('[2J')
    }
    expect(await ok('users', 'get', user.id)).toMatchObject({
      profile: { name: '\u001b[2J\u001b]0;owned\u0007\u009b31m' },
    })
  })

  it('are listed to the last, page by page', async () => {
    const mark = fresh('page')
    for (let count = 0; count < 5; count++) await addUser({ profile: { family_name: mark } })
    const page = await home.run(['users', 'list', '--family-name', mark, '--limit', '2', '--include-total'])
    expect(page.stderr).toMatch(/^2 of 5; more: --all or --cursor \S+\n$/)
    const all = await home.run([
      'users',
      'list',
      '--family-name',
      mark,
      '--limit',
      '2',
      '--all',
      '-o',
      'ndjson',
    ])
    expect(
      new Set(
        all.stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).id),
      ).size,
    ).toBe(5)
  })
})

describe('changes', () => {
  it('of something that changed meanwhile change nothing, and end with 6', async () => {
    const name = fresh('role')
    await ok(
      'roles',
      'create',
      '--name',
      name,
      '--description',
      'a',
      '--permissions',
      'admin:users:read',
      '--yes',
    )
    const args = ['roles', 'update', name, '--description', 'b', '--yes']
    await ok(...args, '--if-match', '1')
    const late = await home.run([...args, '--if-match', '1'])
    expect([late.code, late.stderr]).toEqual([6, expect.stringContaining('"2"')])
    await ok(...args)
  })

  it('are shown and not made by a dry run', async () => {
    const name = fresh('role')
    const args = [
      'roles',
      'create',
      '--name',
      name,
      '--description',
      'a',
      '--permissions',
      'admin:users:read',
    ]
    const shown = await home.run([...args, '--dry-run'])
    expect(shown.code, shown.stderr).toBe(0)
    expect(shown.stdout).toContain(`POST ${issuer}/admin/roles`)
    expect(shown.stdout).toContain('Bearer <redacted>')
    expect(shown.stdout).not.toMatch(/eyJ[\w-]+\./)
    expect((await home.run(['roles', 'get', name])).code).toBe(1)
  })

  it.each<[string[], string]>([
    [['users', 'create', '--username', 'ada'], '--setup (or --setup-method …) is missing'],
    [['audit', 'search'], '--q is missing'],
  ])('lack what the operation needs: %j is not sent', async (args, message) => {
    const { code, stderr } = await home.run([...args, '--verbose'])
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
    expect(stderr).not.toMatch(/POST|GET/)
  })

  it('nobody may make end with 1 and what is missing', async () => {
    const account = await addServiceAccount(['admin:users:read'])
    const env = {
      AUTHLY_ISSUER: issuer,
      AUTHLY_CLIENT_ID: account.client_id,
      AUTHLY_CLIENT_SECRET: account.client_secret,
    }
    const denied = await home.run(['users', 'disable', admin.id], { env })
    expect([denied.code, denied.stderr]).toEqual([1, expect.stringContaining('admin:users:write')])
  })
})

describe('profiles of clients', () => {
  it('are tried out, then changed, by people who read and by programs', async () => {
    const client_id = fresh('profiled')
    await ok(
      ...['clients', 'create', '--client-id', client_id, '--client-name', 'Profiled', '--yes'],
      ...['--redirect-uris', 'https://a.example/cb'],
    )
    const refused = await home.run([
      'clients',
      'update',
      client_id,
      '--client-profile',
      'fapi2-security',
      '--dry-run',
    ])
    expect([refused.code, refused.stderr.trim()]).toEqual([1, 'Nothing was changed (--dry-run).'])
    expect(refused.stdout).toContain('#/token_endpoint_auth_method')
    expect(refused.stdout).toContain('refresh_token_kept')

    const change = ['clients', 'update', client_id, '--client-profile', 'oauth2.1']
    const tried = await ok(...change, '--dry-run')
    expect(tried['dry_run']).toMatchObject({ faults: [], people: 0 })
    expect(await ok('clients', 'get', client_id)).toMatchObject({ profile: null })
    expect(await ok(...change, '--yes')).toMatchObject({ profile: 'oauth2.1' })

    const { items } = await ok<{ items: Record<string, unknown>[] }>(
      'client-profiles',
      'check',
      'fapi2-security',
      '--all',
    )
    expect(items.find((item) => item['client_id'] === client_id)).toMatchObject({
      contradicts: [],
      profile: 'oauth2.1',
    })
    expect(await ok('client-profiles', 'get', 'mcp')).toMatchObject({ deployment_profile: 'oidc' })
  })
})

describe('clients', () => {
  it('show a secret once, and get a second one for rollover', async () => {
    const client_id = fresh('app')
    const created = await home.run([
      'clients',
      'create',
      '--client-id',
      client_id,
      '--client-name',
      'App',
      '--redirect-uris',
      'https://app.example/cb',
      '--yes',
    ])
    expect(created.code, created.stderr).toBe(0)
    expect(created.stdout).toMatch(/client_secret\s+authly_cs_\S+/)
    expect(created.stderr).toContain('shown this once')
    expect(JSON.stringify(await ok('clients', 'get', client_id))).not.toContain('authly_cs_')
    expect(await ok('clients', 'secrets', 'create', client_id, '--yes')).toMatchObject({
      client_secret: expect.stringMatching(/^authly_cs_/),
    })
    const { items } = await ok<{ items: unknown[] }>('clients', 'secrets', 'list', client_id)
    expect(items).toHaveLength(2)
  })
})

describe('settings, rate limits and keys', () => {
  it('are read and changed by name', async () => {
    const name = 'admin.step_up_max_age_seconds'
    const before = await ok('settings', 'get', name)
    expect(await ok('settings', 'set', name, '1800', '--yes')).toMatchObject({ name, value: 1800 })
    const { items } = await ok<{ items: Record<string, unknown>[] }>('settings', 'list')
    expect(items.find((item) => item['name'] === name)).toMatchObject({ value: 1800 })
    expect(await ok('settings', 'set', name, '--reset', '--yes')).toMatchObject({ value: before['value'] })
    const unknown = await home.run(['settings', 'set', 'admin.nothing', '1', '--yes'])
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining(name)])
    const wrong = await home.run(['settings', 'set', name, 'soon', '--yes'])
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('value')])

    const limits = await home.run(['rate-limits', 'list'])
    expect(limits.code, limits.stderr).toBe(0)
    expect(limits.stdout).toContain('token-client')
    const keys = await home.run(['keys', 'list'])
    expect(keys.code, keys.stderr).toBe(0)
    expect(keys.stdout).toContain('ES256')
  })
})

describe('jobs', () => {
  const people = (count: number, word = fresh('bulk')) =>
    `username,email\n${Array.from({ length: count }, (_, n) => `${word}-${n},${word}-${n}@example.test`).join('\n')}\n`

  it('are followed to their end, and give their results', async () => {
    const made = await home.run(
      ['users', 'bulk', 'create', '-', '--content-type', 'text/csv', '--wait', '-o', 'json'],
      {
        stdin: `${people(20)}nobody,not-an-address\n`,
      },
    )
    expect(made.code, made.stderr).toBe(5)
    expect(made.stderr).toContain('succeeded')
    const job = JSON.parse(made.stdout) as { id: string }
    expect(job).toMatchObject({ status: 'succeeded', succeeded: 20, failed: 1, processed: 21 })
    const out = join(home.folder, 'failures')
    const results = await home.run(['jobs', 'results', job.id, '--file', 'failures', '--out', out])
    expect(results.code, results.stderr).toBe(0)
    expect(readFileSync(out, 'utf8')).toContain('not-an-address')
    const watched = await home.run(['jobs', 'watch', job.id])
    expect([watched.code, watched.stdout]).toEqual([5, expect.stringContaining('succeeded')])
  })

  it('begin with no file that is not text, and say why', async () => {
    const word = fresh('latin')
    const latin = Buffer.from(`username,name\n${word},M\xfcller\n`, 'latin1')
    const piped = await home.run(['users', 'import', '-', '--content-type', 'text/csv', '--yes'], {
      stdin: latin,
    })
    expect([piped.code, piped.stderr]).toEqual([2, expect.stringContaining('stdin is not UTF-8')])
    for (const [content, reason] of [
      [latin, 'Line 2: the upload has bytes that are not UTF-8'],
      [Buffer.from('PK\u0003\u0004\u0014\0people.csv'), 'a ZIP archive'],
    ] as const) {
      const file = join(home.folder, 'not-text.csv')
      writeFileSync(file, content)
      const refused = await home.run(['users', 'import', file, '--yes'])
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(reason)])
    }
    expect((await home.run(['users', 'get', word])).code).toBe(1)
  })

  it('try out and do the same upload from a file', async () => {
    const file = join(home.folder, 'people.csv')
    const word = fresh('file')
    writeFileSync(file, people(3, word))
    const tried = await home.run(['users', 'import', file, '--dry-run', '--wait'])
    expect(tried.code, tried.stderr).toBe(0)
    expect((await home.run(['users', 'get', `${word}-0`])).code).toBe(1)
    const done = await home.run(['users', 'import', file, '--wait', '--yes'])
    expect(done.code, done.stderr).toBe(0)
    expect((await home.run(['users', 'get', `${word}-0`])).code).toBe(0)
  })

  it('are cancelled while they are watched, and end with 5', async () => {
    const file = join(home.folder, 'many.csv')
    writeFileSync(file, people(20_000))
    const job = await ok('users', 'bulk', 'create', file)
    const watch = home.start(['jobs', 'watch', String(job['id']), '-o', 'ndjson'])
    await watch.seen('stdout', /"status":"(queued|running)"/)
    await ok('jobs', 'cancel', String(job['id']))
    const { code, stdout } = await watch.done
    expect(code).toBe(5)
    expect(JSON.parse(stdout.trim().split('\n').at(-1) as string)).toMatchObject({ status: 'cancelled' })
  })

  it('of bulk deletion delete what was shown, and nothing without a yes', async () => {
    const word = fresh('gone')
    for (let count = 0; count < 3; count++) await addUser({ profile: { family_name: word } })
    const args = ['users', 'bulk', 'delete', '--filter-family-name', word]
    const tried = await home.run([...args, '--dry-run'])
    expect([tried.code, tried.stderr]).toEqual([0, expect.stringContaining('3 accounts would be deleted')])
    expect((await home.run(args)).code).toBe(2)
    expect(await ok('users', 'count', '--family-name', word)).toMatchObject({ total_count: 3 })
    const done = await home.run([...args, '--yes', '--wait'])
    expect(done.code, done.stderr).toBe(0)
    expect(await ok('users', 'count', '--family-name', word)).toMatchObject({ total_count: 0 })
  })

  it('are not needed for an export, which is streamed', async () => {
    const word = fresh('out')
    await addUser({ profile: { family_name: word } })
    const exported = await home.run(['users', 'export', '--family-name', word, '--format', 'csv'])
    expect(exported.code, exported.stderr).toBe(0)
    expect(exported.stdout.trim().split('\r\n')).toHaveLength(2)
  })
})

describe('api', () => {
  it('sends any request with the token, and writes answers into files that are private (0600)', async () => {
    expect(await ok('api', 'GET', '/admin/roles/auditor')).toMatchObject({ name: 'auditor' })
    const out = join(home.folder, 'roles.json')
    const saved = await home.run(['api', 'get', '/admin/roles', '--out', out])
    expect([saved.code, saved.stdout]).toEqual([0, ''])
    expect(JSON.parse(readFileSync(out, 'utf8')).items.length).toBeGreaterThan(1)
    expect(statSync(out).mode & 0o777).toBe(0o600)
    const nowhere = await home.run(['api', 'GET', '/admin/roles', '--out', join(home.folder, 'no', 'x')])
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('cannot be written')])
  })
})

describe('audit tail', () => {
  it('shows what happens while it runs, and what happened while it did not', async () => {
    const subject = await addUser()
    const act = (verb: 'disable' | 'enable') => ok('users', verb, subject.id)
    await act('disable')
    const { rows } = await database.query<{ position: string }>(
      'SELECT max(position) AS position FROM audit_events',
    )
    const tail = home.start([
      'audit',
      'tail',
      '--user-id',
      subject.id,
      '-o',
      'ndjson',
      '--after',
      String(rows[0]?.position),
    ])
    await act('enable')
    const [line] = await tail.seen('stdout', /.*user\.enabled.*/)
    const first = JSON.parse(line) as { position: number; actor_id: string }
    expect(first.actor_id).toBe(admin.id)
    tail.child.kill('SIGINT')
    const ended = await tail.done
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stderr).toMatch(/--after \d+/)

    await act('disable')
    const again = await home.run([
      'audit',
      'tail',
      '--user-id',
      subject.id,
      '--after',
      String(first.position),
      '--count',
      '1',
    ])
    expect(again.code, again.stderr).toBe(0)
    expect(again.stdout).toContain('user.disabled')
    expect(again.stdout).not.toContain('user.enabled')
    const idle = await home.run([
      'audit',
      'tail',
      '--user-id',
      subject.id,
      '--after',
      String(first.position),
      '--no-follow',
      '-o',
      'ndjson',
    ])
    expect(idle.stdout.trim().split('\n')).toHaveLength(1)
  })
})

describe('audit export and verify', () => {
  it('prove a trail complete and unaltered, and say so when it is not', async () => {
    // Attack: characters at which other readers end lines, as the name of a client, by anybody.
    const client_id = `line-\u2028-\u2029-${randomBytes(6).toString('hex')}`
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret: 'x' })
    expect((await fetch(`${issuer}/oauth/token`, { method: 'POST', body })).status).toBe(400)
    const recorded = () => database.query('SELECT 1 FROM audit_events WHERE client_id = $1', [client_id])
    await expect.poll(async () => (await recorded()).rowCount, { timeout: 30_000, interval: 500 }).toBe(1)
    const file = join(home.folder, 'trail.ndjson')
    const exported = await home.run(['audit', 'export', '--out', file, '--yes'])
    expect(exported.code, exported.stderr).toBe(0)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const report = await ok<{ checkpoints: { last_hash: string } }>('audit', 'verify', file)
    expect(report).toMatchObject({ verdict: 'intact', coverage: 'whole', issuer })

    // Offline: with pinned keys, with a hash noted earlier, and with nothing to trust.
    const keys = join(home.folder, 'keys.json')
    writeFileSync(keys, await (await fetch(`${issuer}/.well-known/jwks.json`)).text())
    const stranger = await createHome()
    const verify = (...args: string[]) => stranger.run(['audit', 'verify', ...args])
    try {
      expect((await verify(file, '--jwks', keys)).code).toBe(0)
      expect((await verify(file, '--jwks', keys, '--issuer', 'https://other.example')).code).toBe(1)
      expect((await verify(file, '--anchor', report.checkpoints.last_hash)).stdout).toContain(
        report.checkpoints.last_hash,
      )
      expect((await verify(file, '--offline')).code).toBe(7)
      expect((await verify(file)).code).toBe(2)
      expect((await verify(join(home.folder, 'none'), '--jwks', keys)).code).toBe(2)

      const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
      const event = lines.findIndex((line) => line.includes('"record":"event"'))
      const altered = join(home.folder, 'altered.ndjson')
      for (const forged of [
        lines.filter((_, index) => index !== event),
        lines.map((line, index) => (index === event ? line.replace('"success"', '"failure"') : line)),
        lines.slice(0, -1),
        [...lines, 'garbage'],
        [],
      ]) {
        writeFileSync(altered, forged.length === 0 ? '' : `${forged.join('\n')}\n`)
        const { code, stdout } = await verify(altered, '--jwks', keys)
        expect([code, stdout]).toEqual([1, expect.stringContaining('ALTERED')])
      }
    } finally {
      await stranger.remove()
    }
  })

  it('search finds events by their words', async () => {
    const user = await addUser()
    await ok('users', 'disable', user.id)
    const { items } = await ok<{ items: { type: string }[] }>('audit', 'about-user', user.id)
    expect(items.map(({ type }) => type)).toContain('user.disabled')
    const found = await home.run(['audit', 'search', '--q', 'user.disabled', '--limit', '3'])
    expect(found.code, found.stderr).toBe(0)
    expect(found.stdout).toContain('user.disabled')
  })
})

describe('a token with less than everything', () => {
  it('comes from --read-only (least privilege)', async () => {
    const reader = await createHome()
    try {
      await reader.login(admin, ['--read-only'])
      const { scope } = JSON.parse((await reader.run(['whoami', '-o', 'json'])).stdout) as { scope: string }
      const granted = scope.split(' ').filter((one) => one.startsWith('admin:'))
      expect(granted.length).toBeGreaterThan(3)
      expect(
        granted.filter(
          (one) => !one.endsWith(':read') || !(permissionNames as readonly string[]).includes(one),
        ),
      ).toEqual([])
      const denied = await reader.run(['users', 'disable', admin.id])
      expect([denied.code, denied.stderr]).toEqual([
        1,
        expect.stringContaining('that sign-in asked for less'),
      ])
    } finally {
      await reader.remove()
    }
  })
})
