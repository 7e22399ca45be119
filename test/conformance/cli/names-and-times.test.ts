/** What strangers type, against a running server: names, dates, the last events, and what is said when rows fail. */
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { permissionNames } from '../../../src/access/permissions.ts'
import { addUser, issuer } from '../authly.ts'
import { addServiceAccount, createHome, giveRoles, type Home } from './program.ts'

let home: Home
const fresh = (word: string) => `${word}-${randomBytes(5).toString('hex')}`

beforeAll(async () => {
  const admin = await addUser()
  await giveRoles(admin, ['admin'])
  home = await createHome()
  const login = await home.login(admin)
  expect(login.code, login.stderr).toBe(0)
})
afterAll(() => home.remove())

/** Runs a command that must succeed. */
async function ok(...args: string[]) {
  const outcome = await home.run(args)
  expect(outcome.code, `${args.join(' ')}: ${outcome.stderr}`).toBe(0)
  return outcome
}
const json = async (...args: string[]) =>
  JSON.parse((await ok(...args, '-o', 'json')).stdout) as Record<string, unknown>

const createClient = async (name: string, ...more: string[]) =>
  String(
    (
      await json(
        ...['clients', 'create', '--client-name', name, '--redirect-uris', 'https://a.example/cb'],
        ...['--yes', ...more],
      )
    )['client_id'],
  )

describe('names', () => {
  it('stand for clients and resource servers, and the id is said before a change', async () => {
    const [shop, api] = [fresh('Shop'), fresh('Orders API')]
    const resource = `https://${fresh('api')}.example`
    await ok('resource-servers', 'create', '--resource', resource, '--name', api, '--yes')
    const id = await createClient(
      shop,
      '--resources',
      api,
      '--grant-types',
      'authorization_code,refresh_token',
    )
    expect(await json('clients', 'get', shop.toUpperCase())).toMatchObject({
      ...{ client_id: id, resources: [resource] },
      grant_types: ['authorization_code', 'refresh_token'],
    })
    const deleted = await ok('clients', 'delete', shop, '--yes')
    expect(deleted.stderr).toContain(`“${shop}” is client ${id}.`)
    expect((await home.run(['clients', 'get', id])).code).toBe(1)
    await ok('resource-servers', 'delete', api, '--yes')
  })

  it('of two clients delete neither', async () => {
    const name = fresh('Twin')
    const ids = [await createClient(name), await createClient(name)]
    const { code, stderr } = await home.run(['clients', 'delete', name, '--yes'])
    expect([code, ids.every((id) => stderr.includes(id))]).toEqual([1, true])
    for (const id of ids) await ok('clients', 'get', id)
  })

  it('are looked up with the rights of the token alone', async () => {
    const account = await addServiceAccount(['admin:users:write'])
    const env = {
      ...{ AUTHLY_ISSUER: issuer, AUTHLY_CLIENT_ID: account.client_id },
      AUTHLY_CLIENT_SECRET: account.client_secret,
    }
    const user = await addUser()
    const byName = await home.run(['users', 'disable', user.username], { env })
    expect([byName.code, byName.stderr]).toEqual([1, expect.stringContaining('admin:users:read')])
    expect((await home.run(['users', 'disable', user.id], { env })).code).toBe(0)
  })
})

describe('lists and times', () => {
  it('are taken by commas and by repetition, and a date is its start', async () => {
    const user = await addUser()
    const today = new Date().toISOString().slice(0, 10)
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
    const count = async (...args: string[]) =>
      (await json('users', 'count', '--username', user.username, ...args))['total_count']
    expect(await count('--created-after', today)).toBe(1)
    expect(await count('--created-before', today)).toBe(0)
    expect(await count('--created-after', today, '--created-before', tomorrow)).toBe(1)
    expect(await count('--created-after', `${tomorrow} 00:00`)).toBe(0)
    await ok('users', 'roles', 'set', user.username, '--roles', 'auditor,support', '--yes')
    const set = await json(
      'users',
      'roles',
      'set',
      user.id,
      '--roles',
      'support',
      '--roles',
      'auditor',
      '--yes',
    )
    expect(set['roles']).toHaveLength(2)
    const unknown = await home.run(['users', 'roles', 'set', user.id, '--roles', 'nosuch', '--yes'])
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('authly roles list')])
  })
})

describe('audit', () => {
  it('tail -n shows the last events, oldest first, with names beside ids', async () => {
    const user = await addUser()
    const verbs = ['disable', 'enable', 'disable', 'enable', 'disable', 'enable']
    for (const verb of verbs) await ok('users', verb, user.id)
    const { stdout } = await ok('audit', 'tail', '--user-id', user.username, '-n', '5', '--no-follow')
    const lines = stdout.trim().split('\n')
    expect(lines.map((line) => /user\.(dis|en)abled/.exec(line)?.[1])).toEqual([
      'en',
      'dis',
      'en',
      'dis',
      'en',
    ])
    for (const line of lines) expect(line).toContain(`on user ${user.id} (${user.username})`)

    // Following begins where the last events end: nothing twice, nothing left out.
    const tail = home.start([
      'audit',
      'tail',
      '--user-id',
      user.id,
      '-n',
      '2',
      '--count',
      '1',
      '-o',
      'ndjson',
    ])
    await tail.seen('stdout', /\n.*\n/)
    await ok('users', 'disable', user.id)
    const { code, stdout: followed } = await tail.done
    const types = followed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type)
    expect([code, types]).toEqual([0, ['user.disabled', 'user.enabled', 'user.disabled']])

    const table = await ok('audit', 'about-user', user.username, '--limit', '1')
    expect(table.stdout).toContain('ACTOR NAME')
  })
})

describe('a failed import', () => {
  it('names the command that shows its failures, which does', async () => {
    const file = join(home.folder, 'people.csv')
    writeFileSync(file, `username,email\n${fresh('good')},\n${fresh('bad')},not-an-address\n`)
    const { code, stderr } = await home.run(['users', 'import', file, '--wait', '--yes'])
    expect(code).toBe(5)
    const [, command = ''] = /1 failed; see why: authly (.+)\n/.exec(stderr) ?? []
    const failures = await ok(...command.split(' '))
    expect(failures.stdout).toContain('not-an-address')
    const [, , id = ''] = command.split(' ')
    expect((await ok('jobs', 'get', id)).stderr).toContain(command)
    expect((await ok('jobs', 'list', '--limit', '5')).stdout).toContain('ACTOR NAME')
  })
})

describe('offline_access', () => {
  it('without the refresh grant is warned about, until the grant is there', async () => {
    const args = [
      'clients',
      'create',
      '--client-name',
      fresh('App'),
      '--redirect-uris',
      'https://a.example/cb',
    ]
    const created = await ok(...args, '--scope', 'openid,offline_access', '--yes')
    const [, command = ''] = /Warning: .*\n {2}authly (.+)\n/.exec(created.stderr) ?? []
    expect((await ok(...command.split(' '), '--yes')).stderr).not.toContain('Warning')
  })
})

it('every permission that an error of `roles create` lists is one', async () => {
  const args = ['roles', 'create', '--name', fresh('role'), '--description', 'x', '--permissions', 'admin:x']
  const { code, stderr } = await home.run(args)
  expect(code).toBe(2)
  for (const permission of permissionNames) expect(stderr).toContain(permission)
})
