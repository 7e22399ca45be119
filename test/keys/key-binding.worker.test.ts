/** Rows of `signing_keys` that somebody without the root secret wrote or changed. */
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createObjectReplica } from '../../src/edge-cache/edge-replica.object.ts'
import { standingAlgs } from '../../src/keys/algorithms.ts'
import { createKeyring } from '../../src/keys/create-keyring.ts'
import { inspectKey } from '../../src/keys/key-binding.ts'
import { openPrivateKey } from '../../src/keys/private-half.ts'
import { rotateKeys } from '../../src/keys/rotate-keys.ts'
import { signingKeysCacheKey } from '../../src/keys/signing-key-row.ts'
import {
  createSigningKeyWrites,
  insertSigningKey,
  loadSigningKeys,
} from '../../src/keys/signing-keys.store.ts'
import { createVerifyJwt } from '../../src/keys/verify-jwt.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { ownDatabase } from '../fakes/database.ts'
import { cacheUnderTest } from '../fakes/edge-cache.ts'

const issuer = 'https://auth.test'
const day = 86_400_000
const rootSecret = 'dGVzdC1yb290LXNlY3JldC10ZXN0LXJvb3Qtc2VjcmV0LTAwMQ'
const otherSecret = 'b3RoZXItcm9vdC1zZWNyZXQtb3RoZXItcm9vdC1zZWNyZXQtMg'
const root = createRootSecret(rootSecret)
const start = Date.UTC(2027, 0, 1)
let now: number
let database: Awaited<ReturnType<typeof ownDatabase>>
let log: ReturnType<typeof vi.spyOn>

beforeAll(async () => {
  database = await ownDatabase()
})
beforeEach(async () => {
  now = start
  log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  await database.execute(sql`delete from signing_keys`)
})
afterEach(() => log.mockRestore())

const edit = (text: string) => database.execute(sql.raw(text))
const rows = async () => (await loadSigningKeys(database)).value
const problems = async (by = root) =>
  Object.fromEntries(
    (await Promise.all((await rows()).map(async (row) => [row.kid, await inspectKey(by, row)]))).filter(
      ([, problem]) => problem !== undefined,
    ),
  ) as Record<string, string>

/** The keyring of a cold isolate. */
function coldKeyring(by = root, region?: string) {
  const replica = region
    ? createObjectReplica(env.EDGE_REPLICA, { region, jurisdiction: undefined, locationHint: undefined })
    : undefined
  return createKeyring({
    cache: cacheUnderTest({ now: () => now, ...(replica ? { replica } : {}) }).cache,
    root: by,
    now: () => now,
    loadKeys: () => (region ? Promise.reject(new Error('connection refused')) : loadSigningKeys(database)),
    insertKey: (input) => insertSigningKey(database, input),
  })
}
const published = async (by = root) => (await coldKeyring(by).jwks()).keys.map(({ kid }) => kid)

const rotate = (by = root) =>
  rotateKeys({
    cache: cacheUnderTest({ now: () => now }).cache,
    loadKeys: () => loadSigningKeys(database),
    writes: createSigningKeyWrites(database),
    root: by,
    policy: { rotationSeconds: 90 * 86_400, prepublishSeconds: 86_400, retentionSeconds: 7 * 86_400 },
    now: () => now,
  })

/** A retired and a current key of each algorithm; key ids of ES256. */
async function ourKeys() {
  await rotate()
  now = start + 89 * day
  await rotate()
  now = start + 90 * day
  await rotate()
  const all = await rows()
  const kidOf = (status: string) =>
    all.find((key) => key.alg === 'ES256' && key.status === status)?.kid as string
  return { retired: kidOf('retired'), current: kidOf('current') }
}

async function theirKey() {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { kid, privateKey, public_jwk: { ...jwk, kid, alg: 'ES256', use: 'sig' } }
}

type Ours = Awaited<ReturnType<typeof ourKeys>>
type Theirs = Awaited<ReturnType<typeof theirKey>>

const insertRow = (own: Theirs, columns: string, source = '') =>
  edit(`insert into signing_keys (kid, public_jwk, alg, status, private_jwk_sealed, binding, created_at, activated_at,
    retired_at) select '${own.kid}', '${JSON.stringify(own.public_jwk)}'::jsonb, ${columns} ${source}`)

/** What is done, the row it is done to, and what is said of it. */
const attacks: readonly {
  readonly title: string
  readonly attack: (ours: Ours, own: Theirs) => Promise<unknown>
  readonly row: (ours: Ours, own: Theirs) => string
  readonly problem: string
}[] = [
  {
    title: 'a key of their own',
    attack: (_, own) => insertRow(own, `'ES256', 'retired', 'nothing', null, now(), now(), now()`),
    row: (_, own) => own.kid,
    problem: 'binding_missing',
  },
  {
    title: 'a key of their own that is to take over',
    attack: (_, own) =>
      insertRow(own, `'ES256', 'next', 'nothing', null, now() - interval '9 days', null, null`),
    row: (_, own) => own.kid,
    problem: 'binding_missing',
  },
  {
    title: 'a key of their own with the halves of ours',
    attack: ({ retired }, own) =>
      insertRow(
        own,
        'alg, status, private_jwk_sealed, binding, created_at, activated_at, retired_at',
        `from signing_keys where kid = '${retired}'`,
      ),
    row: (_, own) => own.kid,
    problem: 'binding_foreign',
  },
  {
    title: 'a key of their own under the id of ours',
    attack: ({ retired }, own) =>
      edit(
        `update signing_keys set public_jwk = '${JSON.stringify(own.public_jwk)}'::jsonb where kid = '${retired}'`,
      ),
    row: ({ retired }) => retired,
    problem: 'public_half_altered',
  },
  {
    title: 'another algorithm for a key of ours',
    attack: ({ retired }) => edit(`update signing_keys set alg = 'EdDSA' where kid = '${retired}'`),
    row: ({ retired }) => retired,
    problem: 'public_half_altered',
  },
  {
    title: 'no JWK at all',
    attack: ({ retired }) => edit(`update signing_keys set public_jwk = 'null' where kid = '${retired}'`),
    row: ({ retired }) => retired,
    problem: 'public_half_altered',
  },
  {
    title: 'the binding of another row',
    attack: ({ retired, current }) =>
      edit(`update signing_keys set binding = (select binding from signing_keys where kid = '${current}')
        where kid = '${retired}'`),
    row: ({ retired }) => retired,
    problem: 'binding_foreign',
  },
  {
    title: 'a retired key that signs again',
    attack: async ({ retired, current }) => {
      await edit(`delete from signing_keys where kid = '${current}'`)
      await edit(`update signing_keys set status = 'current', retired_at = null where kid = '${retired}'`)
    },
    row: ({ retired }) => retired,
    problem: 'state_altered',
  },
  {
    title: 'a retired key that stays for ever',
    attack: ({ retired }) =>
      edit(`update signing_keys set retired_at = retired_at + interval '9 years' where kid = '${retired}'`),
    row: ({ retired }) => retired,
    problem: 'state_altered',
  },
  {
    title: 'a key that was never made then',
    attack: ({ retired }) =>
      edit(`update signing_keys set created_at = created_at + interval '1 second' where kid = '${retired}'`),
    row: ({ retired }) => retired,
    problem: 'state_altered',
  },
  {
    title: 'no binding, and a later end',
    attack: ({ retired }) =>
      edit(
        `update signing_keys set binding = null, retired_at = retired_at + interval '9 years' where kid = '${retired}'`,
      ),
    row: ({ retired }) => retired,
    problem: 'binding_missing',
  },
]

describe('a row that somebody without the root secret wrote or changed', () => {
  test.each(attacks)('is not published and verifies nothing, and is reported: $title', async (given) => {
    const ours = await ourKeys()
    const own = await theirKey()
    expect(await problems()).toEqual({})
    await given.attack(ours, own)
    const kid = given.row(ours, own)

    const keyring = coldKeyring()
    expect((await keyring.jwks()).keys.map((key) => key.kid)).not.toContain(kid)
    expect(await keyring.verificationKey(kid)).toBeUndefined()
    const forged = await new SignJWT({ iss: issuer, sub: 'somebody', exp: now / 1000 + 600 })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
      .sign(own.privateKey)
    const verifyJwt = createVerifyJwt({ keyring, issuer, now: () => now })
    expect(await verifyJwt(forged, { typ: 'at+jwt' })).toBeUndefined()

    expect(await problems()).toEqual({ [kid]: given.problem })
    expect(log).toHaveBeenCalledWith(expect.stringContaining('signing_key_not_trusted'))
    expect(log).toHaveBeenCalledWith(expect.stringContaining(kid))

    // The rotation job neither believes it nor drops it, and says so each time.
    log.mockClear()
    await rotate()
    expect(log).toHaveBeenCalledWith(expect.stringContaining(kid))
    expect(await problems()).toEqual({ [kid]: given.problem })
    expect(await coldKeyring().verificationKey(kid)).toBeUndefined()
  })

  test('does not take over: a successor of theirs leaves the key that is ours in its place', async () => {
    const { current } = await ourKeys()
    const own = await theirKey()
    await insertRow(own, `'ES256', 'next', 'nothing', null, now() - interval '9 days', null, null`)
    now += 200 * day
    await rotate()
    expect((await coldKeyring().signingKey('ES256')).kid).toBe(current)
    expect((await rows()).find(({ kid }) => kid === own.kid)?.status).toBe('next')
  })

  test('in place of the key that signs, stops that algorithm with a reason, and makes no key each time', async () => {
    const { current } = await ourKeys()
    const own = await theirKey()
    await edit(`update signing_keys set status = 'retired', retired_at = now() where kid = '${current}'`)
    await insertRow(own, `'ES256', 'current', 'nothing', null, now(), now(), null`)
    const count = (await rows()).length
    await expect(coldKeyring().signingKey('ES256')).rejects.toThrow('bound to the root secret')
    expect((await coldKeyring().signingKey('EdDSA')).alg).toBe('EdDSA')
    expect(await rows()).toHaveLength(count)
  })

  test('in a copy of the key set is not believed either', async () => {
    const { current } = await ourKeys()
    const own = await theirKey()
    const region = `forged-${crypto.randomUUID().slice(0, 8)}`
    const forged = { ...(await rows()).find(({ kid }) => kid === current), ...{ kid: own.kid } }
    const value = JSON.stringify([...(await rows()), { ...forged, public_jwk: own.public_jwk }])
    await createObjectReplica(env.EDGE_REPLICA, {
      ...{ region, jurisdiction: undefined, locationHint: undefined },
    }).put(signingKeysCacheKey, { value, version: now, loadedAt: now })
    const keys = (await coldKeyring(root, region).jwks()).keys.map(({ kid }) => kid)
    expect(keys).toContain(current)
    expect(keys).not.toContain(own.kid)
  })

  test('with a private half of another row is reported as a key that cannot sign', async () => {
    const { current, retired } = await ourKeys()
    await edit(`update signing_keys set private_jwk_sealed =
      (select private_jwk_sealed from signing_keys where kid = '${retired}') where kid = '${current}'`)
    expect(await problems()).toEqual({ [current]: 'private_half_lost' })
    await expect(coldKeyring().signingKey('ES256')).rejects.toThrow('cannot be opened')
  })
})

describe('bindings', () => {
  /** Keys as versions without bindings left them. */
  async function asBefore() {
    for (const row of await rows()) {
      const jwk = await openPrivateKey(root, row)
      const sealed = await root.seal('signing-key', JSON.stringify(jwk), row.kid)
      await edit(
        `update signing_keys set binding = null, private_jwk_sealed = '${sealed}' where kid = '${row.kid}'`,
      )
    }
  }

  test('are given once to rows of older versions, which are known by their private half', async () => {
    const { retired } = await ourKeys()
    await asBefore()
    expect(await published()).toHaveLength(2 * standingAlgs.length)
    await rotate()
    expect((await rows()).every(({ binding }) => binding !== null)).toBe(true)
    expect(await published()).toHaveLength(2 * standingAlgs.length)
    // From then on a row without one is a row that somebody took it from.
    await edit(`update signing_keys set binding = null where kid = '${retired}'`)
    expect(await problems()).toEqual({ [retired]: 'binding_missing' })
    await rotate()
    expect(await problems()).toEqual({ [retired]: 'binding_missing' })
  })

  test('are not given at an upgrade to a row whose private half is not ours', async () => {
    await ourKeys()
    await asBefore()
    const own = await theirKey()
    await insertRow(own, `'ES256', 'retired', 'nothing', null, now(), now(), now()`)
    await rotate()
    expect(await problems()).toEqual({ [own.kid]: 'binding_missing' })
    expect(await published()).not.toContain(own.kid)
  })

  test('may lag behind a key that went on, as an older version leaves them, and then hold it there', async () => {
    await rotate()
    const { kid } = await coldKeyring().signingKey('ES256')
    await edit(`update signing_keys set status = 'retired', retired_at = to_timestamp(${start / 1000 + 60})
      where kid = '${kid}'`)
    expect(await published()).toContain(kid)
    await rotate()
    await edit(`delete from signing_keys where alg = 'ES256' and kid <> '${kid}'`)
    await edit(`update signing_keys set status = 'current', retired_at = null where kid = '${kid}'`)
    expect(await problems()).toEqual({ [kid]: 'state_altered' })
  })

  test('and private halves are sealed anew when the root secret changes, so that the old one may go', async () => {
    const { current } = await ourKeys()
    const kids = await published()
    await rotate(createRootSecret(otherSecret, [rootSecret]))
    const changed = createRootSecret(otherSecret)
    expect(await problems(changed)).toEqual({})
    expect(await published(changed)).toEqual(kids)
    expect((await coldKeyring(changed).signingKey('ES256')).kid).toBe(current)
  })

  test('of a root secret that is gone open nothing: every row is reported, and none is dropped or replaced', async () => {
    await ourKeys()
    const before = await rows()
    const changed = createRootSecret(otherSecret)
    expect(await published(changed)).toEqual([])
    await rotate(changed)
    expect(new Set(Object.values(await problems(changed)))).toEqual(new Set(['binding_foreign']))
    expect(await rows()).toEqual(before)
    // And with the old secret beside the new one, all is well again.
    expect(await published(createRootSecret(otherSecret, [rootSecret]))).toHaveLength(before.length)
  })
})
