/** `@authly-server/management` against the production bundle: every resource once, and what goes on for longer. */
import { randomBytes } from 'node:crypto'
import {
  Conflict,
  createManagement,
  IdempotencyKeyReused,
  type Management,
  NotFound,
  ndjson,
  PreconditionFailed,
  Unauthorized,
  ValidationFailed,
} from '@authly-server/management'
import { beforeAll, describe, expect, it } from 'vitest'
import { operations } from '../../../sdk/js/management/src/generated/operations.ts'
import { permissionNames } from '../../../src/access/permissions.ts'
import { addClient, addUser, issuer, rp } from '../authly.ts'
import type { SeededClient } from '../seed.ts'

let service: SeededClient
let management: Management
/** Part of every name, so that runs do not meet. */
const mark = `sdk${randomBytes(4).toString('hex')}`

beforeAll(async () => {
  service = await addClient({
    ...{ scopes: [...permissionNames], resources: [], grant_types: ['client_credentials'] },
  })
  management = manage()
})

/** `GET /admin/users/…` of what was sent. */
const asked: string[] = []

const manage = (more: Partial<Parameters<typeof createManagement>[0]> = {}): Management =>
  createManagement({
    ...{ issuer, clientId: service.client_id, clientSecret: service.client_secret },
    fetch: async (request) => {
      asked.push(`${request.method} ${new URL(request.url).pathname}`)
      return fetch(request)
    },
    ...(more as object),
  })

const nobody = '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60'

/** It arrived, and there was nothing to act on. */
const expectNothingThere = async (promise: Promise<unknown>): Promise<void> => {
  const outcome = await promise.catch((error: unknown) => error)
  if (outcome !== undefined) expect(outcome).toMatchObject({ code: 'not_found' })
}

describe('every resource', () => {
  it('users: list, get, create, update, delete, and what can be done to one', async () => {
    const { users } = management
    const created = await users.create({
      ...{ username: `${mark}-ada`, email: `${mark}@example.test`, setup: { method: 'temporary_password' } },
    })
    expect(created.temporary_password).toEqual(expect.any(String))
    const { id } = created
    const read = await users.get(id)
    expect(read).toMatchObject({ username: `${mark}-ada`, status: 'active' })
    const changed = await users.update(id, { profile: { nickname: 'Ada' } }, { ifMatch: read.etag })
    expect(changed.etag).not.toBe(read.etag)
    await expect(users.update(id, {}, { ifMatch: read.etag })).rejects.toMatchObject({
      ...{ name: 'PreconditionFailed', etag: changed.etag },
    })
    expect(await users.list({ username: `${mark}-ada` }).take(5)).toMatchObject([{ id }])
    expect(await users.list({ ids: [id] }).take(5)).toHaveLength(1)
    expect(await users.count({ username: `${mark}-ada` })).toMatchObject({ total_count: 1 })
    expect(await users.setRoles(id, { roles: [] }, { ifMatch: '*' })).toMatchObject({ roles: [] })
    expect(await users.resetPassword(id, { method: 'link' })).toHaveProperty('setup_url')
    await users.disable(id)
    expect(await users.get(id)).toMatchObject({ status: 'disabled' })
    await users.enable(id)
    await users.unlock(id)
    expect(await users.factors.get(id)).toHaveProperty('passkeys')
    for (const list of [users.sessions, users.rememberedDevices, users.pendingSignIns, users.consents])
      expect(await list.list(id).take(5)).toEqual([])
    await users.sessions.deleteAll(id)
    await users.rememberedDevices.deleteAll(id)
    await users.pendingSignIns.deleteAll(id)
    await expectNothingThere(users.sessions.delete(id, nobody))
    await expectNothingThere(users.rememberedDevices.delete(id, nobody))
    await expectNothingThere(users.pendingSignIns.delete(id, nobody))
    await expectNothingThere(users.consents.delete(id, 'no-such-client'))
    await expectNothingThere(users.factors.passkeys.delete(id, 'bm9ib2R5'))
    await expectNothingThere(users.factors.oneTimePasswords.delete(id, nobody))
    await expectNothingThere(users.factors.recoveryCodes.delete(id))
    expect(await users.collisions.list().take(1)).toEqual([])
    await users.delete(id, { ifMatch: '*' })
    await expect(users.get(id)).rejects.toBeInstanceOf(NotFound)
    const past = await users.get(id, { at: '2020-01-01T00:00:00Z' }).catch((error: unknown) => error)
    expect(past).toBeInstanceOf(NotFound)
  })

  it('clients, their secrets, and a dry run', async () => {
    const { clients } = management
    const created = await clients.create({
      ...{ client_id: `${mark}-shop`, client_name: 'Shop', redirect_uris: ['https://shop.example/callback'] },
    })
    expect(created.client_secret).toEqual(expect.any(String))
    const id = created.client_id
    const { etag } = await clients.get(id)
    const patch = { client_name: 'Better shop' }
    await clients.update(id, patch, { ifMatch: etag, dry_run: true })
    expect(await clients.get(id)).toMatchObject({ client_name: 'Shop' })
    await clients.change(id, () => patch)
    expect(await clients.get(id)).toMatchObject(patch)
    const secret = await clients.secrets.create(id, {})
    expect(secret).toHaveProperty('client_secret')
    const secrets = await clients.secrets.list(id).take(5)
    expect(secrets).toHaveLength(2)
    await clients.secrets.delete(id, secrets[0]?.id ?? '')
    expect(await clients.list({ q: 'Better shop' }).take(5)).toMatchObject([{ client_id: id }])
    await clients.delete(id, { ifMatch: '*' })
    await expect(clients.get(id)).rejects.toBeInstanceOf(NotFound)
  })

  it('scopes, resource servers, types of authorization details: names with slashes and colons', async () => {
    const { scopes, resourceServers, authorizationDetailsTypes: types } = management
    const resource = `https://${mark}.example/api/v1?x=y`
    await resourceServers.create({ resource, name: 'An API' })
    await resourceServers.change(resource, () => ({ name: 'The API' }))
    expect(await resourceServers.get(resource)).toMatchObject({ name: 'The API' })
    const servers = await resourceServers.list().take(50)
    expect(servers.map((each) => each.resource)).toContain(resource)
    expect(await resourceServers.metadata(resource)).toMatchObject({ resource })
    const name = `${mark}:read/all`
    await scopes.create({ name, description: 'Read', resource })
    await scopes.change(name, ({ description }) => ({ description: `${description} everything` }))
    expect(await scopes.list({ resource }).take(5)).toMatchObject([{ name, description: 'Read everything' }])
    await expect(resourceServers.delete(resource, { ifMatch: '*' })).rejects.toBeInstanceOf(Conflict)
    const type = `${mark}_payment`
    await types.create({ type, resource, description: 'Pay', schema: { type: 'object' } })
    await types.change(type, () => ({ description: 'Pay once' }))
    expect(await types.list({ resource }).take(5)).toMatchObject([{ type, description: 'Pay once' }])
    await types.delete(type, { ifMatch: '*' })
    await scopes.delete(name, { ifMatch: (await scopes.get(name)).etag })
    await resourceServers.delete(resource, { ifMatch: '*' })
    await expect(scopes.get(name)).rejects.toBeInstanceOf(NotFound)
  })

  it('roles, keys, initial access tokens, client profiles', async () => {
    const { roles, keys, initialAccessTokens, clientProfiles } = management
    const name = `${mark}-support`
    await roles.create({ name, description: 'Helps', permissions: ['admin:users:read'] })
    await roles.change(name, () => ({ description: 'Helps people' }))
    expect(await roles.get(name)).toMatchObject({ description: 'Helps people' })
    expect((await roles.list().take(50)).map((role) => role.name)).toContain(name)
    await roles.delete(name, { ifMatch: '*' })
    expect((await keys.list().take(50)).length).toBeGreaterThan(0)
    const { items } = await keys.rotate({ alg: 'ES256' })
    expect(items.some(({ alg }) => alg === 'ES256')).toBe(true)
    // One that signs stays.
    const signing = (await keys.list().take(50)).find(({ status }) => status === 'current')
    await expect(keys.delete(String(signing?.kid))).rejects.toBeInstanceOf(Conflict)
    const { id, initial_access_token: token } = await initialAccessTokens.create({ name: mark })
    expect(token).toEqual(expect.any(String))
    expect((await initialAccessTokens.list().take(50)).map((each) => each.id)).toContain(id)
    await initialAccessTokens.delete(id)
    expect(await clientProfiles.get('oauth2.1')).toHaveProperty('profile')
    await clientProfiles.clients.list('oauth2.1').take(1)
  })

  it('settings, rate limits, branding, statistics, status', async () => {
    const { settings, rateLimits, branding, passkeys } = management
    expect((await settings.list().take(200)).length).toBeGreaterThan(40)
    const before = await settings.get('branding.name')
    await settings.change('branding.name', () => ({ value: 'Acme' }))
    expect(await settings.get('branding.name')).toMatchObject({ value: 'Acme' })
    await expect(
      settings.update('branding.name', { value: 'Late' }, { ifMatch: before.etag }),
    ).rejects.toBeInstanceOf(PreconditionFailed)
    await settings.update('branding.name', { value: null }, { ifMatch: '*' })
    expect((await rateLimits.list().take(100)).length).toBeGreaterThan(10)
    const limit = await rateLimits.get('admin-actor')
    expect(await rateLimits.change('admin-actor', () => undefined)).toEqual(limit)
    await rateLimits.update('password-link', { limit: { capacity: 7, per_seconds: 60 } }, { ifMatch: '*' })
    await rateLimits.change('password-link', () => ({ limit: null }))
    const image = new Blob([Buffer.from(pixel, 'base64')])
    const uploaded = await branding.images.upload('logo', image, { contentType: 'image/png' })
    expect(uploaded).toMatchObject({ name: 'logo', content_type: 'image/png' })
    expect(await branding.images.get('logo')).toEqual(uploaded)
    expect(await branding.images.list().take(9)).toHaveLength(1)
    await branding.images.delete('logo')
    expect(await management.stats({ days: 1 })).toHaveProperty('users')
    expect(await management.status()).toHaveProperty('database')
    await passkeys.domains.list().take(1)
  })

  it('webhooks: endpoints, their keys, deliveries, listeners', async () => {
    const { webhooks } = management
    const created = await webhooks.create({
      ...{ name: mark, url: `https://${mark}.example/hook`, event_types: ['user.created'] },
    })
    expect((await webhooks.list().take(50)).map(({ id }) => id)).toContain(created.id)
    await webhooks.change(created.id, () => ({ name: `${mark} 2` }))
    expect(await webhooks.get(created.id)).toMatchObject({ name: `${mark} 2` })
    expect((await webhooks.eventTypes.list().take(300)).length).toBeGreaterThan(20)
    await webhooks.rotateSecret(created.id, {})
    await webhooks.disable(created.id)
    await webhooks.enable(created.id)
    expect(await webhooks.test(created.id)).toHaveProperty('event_id')
    const from = new Date(Date.now() - 60_000).toISOString()
    await webhooks.replay(created.id, { from, only: 'failed' })
    await webhooks.deliveries.list(created.id).take(5)
    await expectNothingThere(webhooks.deliveries.get(created.id, nobody))
    await expectNothingThere(webhooks.deliveries.replay(created.id, nobody))
    await webhooks.delete(created.id, { ifMatch: '*' })
    const listener = await webhooks.listeners.create({ event_types: ['user.created'] })
    expect(await webhooks.listeners.take(listener.id, { wait_seconds: 0 })).toHaveProperty('items')
    await webhooks.listeners.delete(listener.id)
    await expect(webhooks.get(created.id)).rejects.toBeInstanceOf(NotFound)
  })

  it('the audit trail: events, search, one person, checkpoints, verification', async () => {
    const { audit } = management
    const { id } = await management.users.create({ username: `${mark}-seen`, setup: { method: 'none' } })
    const [event] = await audit.events.list({ types: ['user.created'], user_id: id }).take(1)
    expect(event).toMatchObject({ type: 'user.created', user_id: id })
    expect(await audit.events.get(event?.id ?? '')).toMatchObject({ id: event?.id })
    expect(await audit.users.list(id).take(5)).toHaveLength(1)
    expect((await audit.admins.list(service.client_id, { limit: 2 }).take(5)).length).toBe(5)
    expect(await audit.search({ q: `${mark}-seen` }).take(5)).toMatchObject([{ id: event?.id }])
    await audit.checkpoints.list().take(1)
    expect(await audit.verify({ limit: 1 })).toBeTypeOf('object')
  })
})

describe('lists', () => {
  it('give more than a page, each once', async () => {
    const names = Array.from({ length: 7 }, (_, index) => `${mark}-page-${index}`)
    for (const username of names) await management.users.create({ username, setup: { method: 'none' } })
    const list = management.users.list({ q: `${mark}-page`, limit: 3, sort: 'username', include_total: true })
    const seen: (string | null)[] = []
    for await (const { username } of list) seen.push(username)
    expect(seen).toEqual(names)
    const page = await list.page()
    expect(page.totalCount).toBe(7)
    expect(page.items).toHaveLength(3)
    const later = await management.users
      .list({ q: `${mark}-page`, limit: 3, sort: 'username', cursor: String(page.nextCursor) })
      .page()
    expect(later.items.map(({ username }) => username)).toEqual(names.slice(3, 6))
  })
})

describe('refusals', () => {
  it('point to what is wrong, and have a request id', async () => {
    const creation = { username: `${mark}-x`, email: 'not an address', setup: { method: 'none' as const } }
    const error = await management.users.create(creation).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ValidationFailed)
    expect(error).toMatchObject({ errors: [{ pointer: '#/email' }], requestId: expect.any(String) })
  })

  it('of a name that is taken are conflicts', async () => {
    const creation = { username: `${mark}-taken`, setup: { method: 'none' as const } }
    await management.users.create(creation)
    await expect(management.users.create(creation)).rejects.toBeInstanceOf(Conflict)
  })

  it('of a parameter name it', async () => {
    const error = await management.users
      .list({ limit: 9999 })
      .page()
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'ValidationFailed', errors: [{ parameter: 'limit' }] })
  })
})

describe('a change', () => {
  it('is kept when two meet: the second begins again', async () => {
    const { id } = await management.users.create({ username: `${mark}-two`, setup: { method: 'none' } })
    const add = (name: 'nickname' | 'website', value: string) =>
      management.users.change(id, () => ({ profile: { [name]: value } }), { maxAttempts: 10 })
    await Promise.all([
      ...['a', 'b', 'c'].map((each) => add('nickname', each)),
      add('website', 'https://ada.example'),
    ])
    const { profile } = await management.users.get(id)
    expect(profile).toMatchObject({ website: 'https://ada.example', nickname: expect.any(String) })
  })
})

describe('an idempotency key', () => {
  it('makes a repetition harmless, and gives its one-time secret again', async () => {
    const creation = { username: `${mark}-once`, setup: { method: 'temporary_password' as const } }
    const options = { idempotencyKey: `${mark}-key` }
    const first = await management.users.create(creation, options)
    expect(await management.users.create(creation, options)).toEqual(first)
    const other = { ...creation, username: `${mark}-other` }
    await expect(management.users.create(other, options)).rejects.toBeInstanceOf(IdempotencyKeyReused)
  })

  it('is made for each creation, and kept when the answer is lost', async () => {
    let lost = 0
    const flaky = manage({
      fetch: async (request) => {
        const response = await fetch(request)
        if (request.method !== 'POST' || !request.url.endsWith('/admin/users') || ++lost > 2) return response
        await response.arrayBuffer()
        throw new TypeError('the network is down')
      },
    })
    const created = await flaky.users.create({ username: `${mark}-lost`, setup: { method: 'none' } })
    expect(lost).toBe(3)
    expect(await management.users.list({ username: `${mark}-lost` }).take(9)).toMatchObject([
      { id: created.id },
    ])
  })
})

describe('jobs', () => {
  it('import many people with progress, and tell of failed rows', async () => {
    const rows = Array.from({ length: 700 }, (_, index) => ({
      ...{ username: `${mark}-job-${index}`, email: index === 7 ? 'broken' : undefined },
    }))
    const started = await management.users.import(ndjson(rows), { contentType: 'application/x-ndjson' })
    const seen: number[] = []
    const job = await management.jobs.wait(started.id, {
      onProgress: ({ processed }) => seen.push(processed),
    })
    expect(job).toMatchObject({ status: 'succeeded', total: 700, succeeded: 699, failed: 1 })
    expect(seen.at(-1)).toBe(700)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    const outcomes: unknown[] = []
    for await (const row of (await management.jobs.results(job.id)).rows<{ outcome: string }>())
      if (row.outcome === 'failed') outcomes.push(row)
    expect(outcomes).toMatchObject([{ line: 8, outcome: 'failed' }])
    const csv = await management.users.export({ format: 'csv', q: `${mark}-job-1` })
    expect((await csv.text()).split('\r\n')[0]).toContain('username')
    expect((await management.jobs.list({ kind: 'users.import' }).take(1))[0]).toMatchObject({ id: job.id })
  }, 120_000)

  it('change and delete by filter, in two steps, and export the trail', async () => {
    for (const name of ['a', 'b'])
      await management.users.create({ username: `${mark}-bulk-${name}`, setup: { method: 'none' } })
    const filter = { q: `${mark}-bulk` }
    const update = await management.users.bulk.update({ filter, patch: { profile: { locale: 'en' } } })
    await management.jobs.wait(update.id)
    const preview = await management.users.bulk.delete({ filter, dry_run: true })
    const { count, confirmation_token } = preview
    const deletion = { filter, confirmation_token, max_deletions: count }
    const deleting = await management.users.bulk.delete(deletion)
    expect(await management.jobs.wait(deleting.id)).toMatchObject({ status: 'succeeded', succeeded: count })
    expect(await management.users.count(filter)).toMatchObject({ total_count: 0 })
    const file = await management.audit.export({ filter: { types: ['user.imported'] } })
    await management.jobs.wait(file.id)
  }, 120_000)

  it('make accounts from a table, whose passwords are read once', async () => {
    const csv = `username,email\r\n${mark}-csv,${mark}-csv@example.test\r\n`
    const { id } = await management.users.bulk.create(csv, {
      ...{ contentType: 'text/csv', credentials: 'temporary_password' },
    })
    await management.jobs.wait(id)
    const rows: unknown[] = []
    const file = await management.jobs.results(id, { file: 'credentials' })
    for await (const row of file.rows()) rows.push(row)
    expect(rows).toMatchObject([{ temporary_password: expect.any(String) }])
  })

  it('can be cancelled', async () => {
    const rows = Array.from({ length: 5000 }, (_, index) => ({ username: `${mark}-cancel-${index}` }))
    const { id } = await management.users.import(ndjson(rows), { contentType: 'application/x-ndjson' })
    await management.jobs.cancel(id)
    const outcome = await management.jobs.wait(id).catch((error: unknown) => error)
    expect(['job_cancelled', undefined]).toContain((outcome as { code?: string }).code)
  })
})

describe('tokens', () => {
  it('that end are replaced, by private_key_jwt, DPoP and a secret alike', async () => {
    const bound = await addClient({
      ...{ scopes: ['admin:users:read'], resources: [], grant_types: ['client_credentials'] },
      dpop_bound_access_tokens: true,
    })
    const dpop = createManagement({
      ...{ issuer, clientId: bound.client_id, clientSecret: bound.client_secret, dpop: true },
    })
    expect(await dpop.users.count()).toHaveProperty('total_count')
    // Without the key the same token is of no use.
    await expect(
      createManagement({
        issuer,
        clientId: bound.client_id,
        clientSecret: bound.client_secret,
      }).users.count(),
    ).rejects.toMatchObject({ code: expect.stringMatching(/invalid/) })
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ])
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
    const keyed = await addClient({
      ...{ scopes: ['admin:users:read'], resources: [], grant_types: ['client_credentials'] },
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ kty, crv, x, y, kid: 'k1', alg: 'ES256' }] },
    })
    const privateKey = { ...(await crypto.subtle.exportKey('jwk', pair.privateKey)), kid: 'k1' }
    expect(
      await createManagement({ issuer, clientId: keyed.client_id, privateKey }).users.count(),
    ).toHaveProperty('total_count')
  })

  it('of a client that was disabled end with Unauthorized or Forbidden, and with one new try', async () => {
    const other = await addClient({
      ...{ scopes: ['admin:users:read'], resources: [], grant_types: ['client_credentials'] },
    })
    const refused: (string | undefined)[] = []
    const granted = await rp.requestToken(other, { grant_type: 'client_credentials' })
    const token = String(granted.json?.['access_token'])
    const broken = createManagement({
      issuer,
      token: (context) => {
        refused.push(context.refused)
        return context.refused === undefined ? `${token}x` : token
      },
    })
    expect(await broken.users.count()).toHaveProperty('total_count')
    expect(refused).toEqual([undefined, `${token}x`])
    await expect(createManagement({ issuer, token: () => `${token}x` }).users.count()).rejects.toBeInstanceOf(
      Unauthorized,
    )
  })

  it('of a person without rights open nothing', async () => {
    const user = await addUser()
    await expect(management.users.get(user.id)).resolves.toHaveProperty('id', user.id)
    const poor = await addClient({ scopes: ['demo:read'], grant_types: ['client_credentials'] })
    const granted = await rp.requestToken(poor, { grant_type: 'client_credentials' })
    const token = () => String(granted.json?.['access_token'])
    await expect(createManagement({ issuer, token }).users.count()).rejects.toMatchObject({
      ...{ status: expect.any(Number), name: expect.stringMatching(/Unauthorized|Forbidden/) },
    })
  })
})

describe('all of this', () => {
  it('has sent every operation at least once', () => {
    const missing = Object.entries(operations)
      .filter(([, { method, path }]) => {
        const pattern = new RegExp(
          `^${method} ${path.replaceAll('.', '[.]').replaceAll(/\{\w+\}/g, '[^/]+')}$`,
        )
        return !asked.some((line) => pattern.test(line))
      })
      .map(([name]) => name)
    expect(missing.sort()).toEqual([])
  })
})

/** One pixel. */
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
