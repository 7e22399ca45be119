/** `authly import --from …` against a running server: the exports of six systems, and the people who sign in then. */
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addUser, database } from '../authly.ts'
import type { SeededUser } from '../seed.ts'
import { createHome, giveRoles, type Home } from './program.ts'

const exports = fileURLToPath(new URL('../../cli/import/exports/', import.meta.url))
const password = 'quiet-harbour-81'
const hashConfig = join(exports, 'firebase-hash-config.txt')

let home: Home
beforeAll(async () => {
  const admin: SeededUser = await addUser()
  await giveRoles(admin, ['admin'])
  home = await createHome()
  const login = await home.login(admin)
  expect(login.code, login.stderr).toBe(0)
})
afterAll(() => home.remove())

/** An export with people of its own: each run meets accounts of the runs before it. */
function freshExport(file: string): { path: string; domain: string } {
  const domain = `${randomBytes(6).toString('hex')}.example`
  const ids = new Map<string, string>()
  const text = readFileSync(join(exports, file), 'utf8')
    .replaceAll(/@\w+\.example/g, `@${domain}`)
    .replaceAll(/"(tove|maren|offline|newcomer|stolen|ldap\.user)"/g, `"$1-${domain.slice(0, 12)}"`)
    .replaceAll(/"login": "([\w-]+)"/g, `"login": "$1-${domain.slice(0, 12)}"`)
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, (id) => {
      ids.set(id, ids.get(id) ?? randomUUID())
      return ids.get(id) as string
    })
    // Phone numbers are given once, too.
    .replaceAll(
      /\+?(?:358401234567|4740123456|43660123456|351912345678|393331234567|372 5555-1234)/g,
      (phone) => `${phone.startsWith('+') ? '+' : ''}49${randomBytes(5).readUIntBE(0, 5)}`.slice(0, 15),
    )
  const path = join(home.folder, `${domain}-${file}`)
  writeFileSync(path, text)
  return { path, domain }
}

const accountsOf = async (domain: string) => {
  const { rows } = await database.query<{ email: string; status: string; name: string | null }>(
    "SELECT email, status, profile->>'name' AS name FROM users WHERE email LIKE $1 ORDER BY email",
    [`%@${domain}`],
  )
  return rows
}

/** Its seed is in the export of Auth0. */
const app = new TOTP({ secret: Secret.fromBase32('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP') })

/** Signs in as somebody who was imported. */
async function signsIn(username: string, codeOf?: () => string): Promise<number | null> {
  const own = await createHome()
  const { code } = await own.login({ id: '', username, password }, [], codeOf)
  await own.remove()
  return code
}

describe('an import', () => {
  it.each([
    ['firebase.json', ['--from', 'firebase', '--hash-config', hashConfig], 'ines.aalto', 4],
    ['auth0.ndjson', ['--from', 'auth0'], 'moved', 5],
    ['keycloak.json', ['--from', 'keycloak'], undefined, 2],
    ['cognito-pages.txt', ['--from', 'cognito'], undefined, 5],
    ['okta.json', ['--from', 'okta'], undefined, 8],
    ['supabase.csv', ['--from', 'supabase'], 'livia.conti', 3],
  ] as const)('of %s makes accounts, and who has a hash signs in', async (file, args, person, count) => {
    const { path, domain } = freshExport(file)
    const done = await home.run(['import', path, ...args, '--yes', '--wait', '-o', 'json'])
    expect(done.code, done.stderr).toBe(0)
    expect(JSON.parse(done.stdout)).toMatchObject({ kind: 'users.import', status: 'succeeded', failed: 0 })
    expect(done.stderr).toContain('Is lost:')
    expect(await accountsOf(domain)).toHaveLength(count)
    // Their authenticator app goes on, too.
    const codeOf = file === 'auth0.ndjson' ? () => app.generate() : undefined
    if (person) expect(await signsIn(`${person}@${domain}`, codeOf)).toBe(0)
  })

  it('leaves disabled people disabled', async () => {
    const { path, domain } = freshExport('firebase.json')
    const done = await home.run(['import', '--from', 'firebase', path, '--yes', '--wait'])
    expect(done.code, done.stderr).toBe(0)
    const accounts = await accountsOf(domain)
    expect(accounts).toContainEqual({ email: `locked.out@${domain}`, status: 'disabled', name: 'Locked Out' })
    expect(accounts).toContainEqual({ email: `no.name@${domain}`, status: 'active', name: null })
  })

  it('tells of rows that the server refused', async () => {
    const { path } = freshExport('supabase.json')
    const again = () => home.run(['import', '--from', 'supabase', path, '--yes', '--wait'])
    expect((await again()).code).toBe(0)
    expect((await again()).code).toBe(5)
    const skipped = await home.run([
      ...['import', '--from', 'supabase', path, '--on-conflict', 'skip', '--yes', '--wait'],
    ])
    expect(skipped.code, skipped.stderr).toBe(0)
  })

  it('is read from stdin', async () => {
    const { path, domain } = freshExport('supabase.csv')
    const stdin = readFileSync(path, 'utf8')
    const done = await home.run(['import', '--from', 'supabase', '-', '--yes', '--wait'], { stdin })
    expect(done.code, done.stderr).toBe(0)
    expect(await accountsOf(domain)).toHaveLength(3)
  })

  it('keeps the converted rows for their owner only, and over no other file', async () => {
    const { path } = freshExport('okta.json')
    const out = join(home.folder, `rows-${randomBytes(4).toString('hex')}.ndjson`)
    const args = ['import', '--from', 'okta', path, '--dry-run', '--save', out]
    expect((await home.run(args)).code).toBe(0)
    expect(readFileSync(out, 'utf8').trim().split('\n')).toHaveLength(8)
    expect(await home.run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('EEXIST') })
  })
})

describe('nobody is imported', () => {
  it('by a dry run, which needs neither server nor sign-in', async () => {
    const stranger = await createHome()
    const { path, domain } = freshExport('keycloak.json')
    const tried = await stranger.run(['import', '--from', 'keycloak', path, '--dry-run', '-o', 'json'])
    await stranger.remove()
    expect(tried.code, tried.stderr).toBe(0)
    expect(JSON.parse(tried.stdout)).toMatchObject({
      source: 'keycloak',
      records: 4,
      accounts: 3,
      disabled: 1,
    })
    expect(await accountsOf(domain)).toEqual([])
  })

  it('from a file of another system, or one that is cut off', async () => {
    const { path, domain } = freshExport('auth0.ndjson')
    const wrong = await home.run(['import', '--from', 'firebase', path, '--yes', '--wait'])
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('--from auth0') })
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -20))
    const cut = await home.run(['import', '--from', 'auth0', path, '--yes', '--wait'])
    expect(cut).toMatchObject({ code: 2, stderr: expect.stringContaining('stops in the middle') })
    expect(await accountsOf(domain)).toEqual([])
  })

  it('without a yes', async () => {
    const { path, domain } = freshExport('okta.json')
    expect((await home.run(['import', '--from', 'okta', path])).code).toBe(2)
    expect(await accountsOf(domain)).toEqual([])
  })

  it('with options of another system', async () => {
    const { path } = freshExport('okta.json')
    const odd = await home.run(['import', '--from', 'okta', path, '--hash-config', hashConfig, '--dry-run'])
    expect(odd).toMatchObject({ code: 2, stderr: expect.stringContaining('--hash-config is for Firebase') })
  })
})
