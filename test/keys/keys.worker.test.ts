import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { CompactEncrypt, createLocalJWKSet, importJWK, jwtVerify } from 'jose'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createObjectReplica } from '../../src/edge-cache/edge-replica.object.ts'
import { decryptionAlgs, signingAlgs, standingAlgs } from '../../src/keys/algorithms.ts'
import { createKeyring } from '../../src/keys/create-keyring.ts'
import { createDecryptJwe } from '../../src/keys/decrypt-jwe.ts'
import { generateKey } from '../../src/keys/generate-key.ts'
import type { Keyring } from '../../src/keys/keyring.ts'
import { type RotateKeysNeeds, rotateKeys } from '../../src/keys/rotate-keys.ts'
import { createSignJwt } from '../../src/keys/sign-jwt.ts'
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
const root = createRootSecret(rootSecret)
const start = Date.UTC(2027, 0, 1)
let now: number
let database: Awaited<ReturnType<typeof ownDatabase>>

beforeAll(async () => {
  database = await ownDatabase()
})

beforeEach(async () => {
  now = start
  await database.execute(sql`delete from signing_keys`)
  await database.execute(sql`delete from audit_events where type like 'key.%'`)
})

/** A keyring in a cold isolate of its own. */
function isolate(options: { root?: typeof root; databaseAway?: () => boolean; region?: string } = {}) {
  const replica = options.region
    ? createObjectReplica(env.EDGE_REPLICA, {
        region: options.region,
        jurisdiction: undefined,
        locationHint: undefined,
      })
    : undefined
  const { cache, settle } = cacheUnderTest({ now: () => now, ...(replica ? { replica } : {}) })
  const keyring = createKeyring({
    cache,
    root: options.root ?? root,
    now: () => now,
    loadKeys: async () => {
      if (options.databaseAway?.()) throw new Error('connection refused')
      return loadSigningKeys(database)
    },
    insertKey: (input) => insertSigningKey(database, input),
  })
  return { keyring, cache, settle, signJwt: createSignJwt({ keyring }) }
}

const rotation = (cache: RotateKeysNeeds['cache'], rotatingRoot = root): RotateKeysNeeds => {
  return {
    cache,
    loadKeys: () => loadSigningKeys(database),
    writes: createSigningKeyWrites(database),
    root: rotatingRoot,
    policy: { rotationSeconds: 90 * 86_400, prepublishSeconds: 86_400, retentionSeconds: 7 * 86_400 },
    now: () => now,
  }
}

const keyEvents = async () => {
  const { rows } = await database.execute<{ type: string; kid: string }>(
    sql`select type, data->>'kid' as kid from audit_events where type like 'key.%' order by occurred_at, type`,
  )
  return rows
}
const kidsOf = async (keyring: Keyring) => (await keyring.jwks()).keys.map((key) => key.kid)
const claims = () => ({ iss: issuer, sub: 'someone', exp: Math.floor(now / 1000) + 600 })

describe('first use', () => {
  test.each(signingAlgs)(
    'makes a key and signs a JWT that jose verifies with the published JWKS: %s',
    async (alg) => {
      const { keyring, signJwt } = isolate()
      const token = await signJwt(alg, 'at+jwt', { ...claims(), name: 'Zoë 日本' })
      const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(await keyring.jwks()), {
        algorithms: [alg],
        typ: 'at+jwt',
        issuer,
        currentDate: new Date(now),
      })
      expect(payload['name']).toBe('Zoë 日本')
      expect(protectedHeader.kid).toBe((await keyring.signingKey(alg)).kid)
    },
  )

  test('cold isolates starting together make one key', async () => {
    const isolates = Array.from({ length: 8 }, () => isolate())
    const keys = await Promise.all(isolates.map(({ keyring }) => keyring.signingKey('ES256')))
    expect(new Set(keys.map((key) => key.kid)).size).toBe(1)
    expect((await loadSigningKeys(database)).value).toHaveLength(1)
    expect(await keyEvents()).toEqual([{ type: 'key.created', kid: keys[0]?.kid }])
  })

  test('the JWKS shows every standing algorithm and no private member (RFC 7517 §9.3)', async () => {
    const { keyring } = isolate()
    const { keys } = await keyring.jwks()
    expect(keys.map((key) => key.alg).sort()).toEqual([...standingAlgs].sort())
    for (const key of keys) {
      expect(key).toMatchObject({ kid: expect.any(String), use: 'sig' })
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])
        expect(key).not.toHaveProperty(member)
    }
  })

  test('no private key stands in the database in plaintext', async () => {
    const { keyring } = isolate()
    await keyring.jwks()
    const { rows } = await database.execute(sql`select * from signing_keys`)
    expect(JSON.stringify(rows)).not.toMatch(/"(d|p|q|dp|dq|qi)":/)
  })
})

describe('keys that only some clients want', () => {
  const rare = ['PS256', 'ES384', ...decryptionAlgs] as const

  test.each(rare)('%s has no key until one is wanted; then it is published, and rotates', async (alg) => {
    const { keyring, cache } = isolate()
    const published = async () => (await keyring.jwks()).keys.filter((key) => key.alg === alg)
    expect(await published()).toEqual([])
    await rotateKeys(rotation(cache))
    expect(await published()).toEqual([])

    await Promise.all([keyring.provide([alg]), isolate().keyring.provide([alg])])
    now += 60_000
    const [first] = await published()
    expect(first).toMatchObject({ alg, use: decryptionAlgs.some((each) => each === alg) ? 'enc' : 'sig' })
    expect(first).not.toHaveProperty('d')
    expect(await published()).toHaveLength(1)

    now = start + 90 * day
    await rotateKeys(rotation(cache))
    now += day
    await rotateKeys(rotation(cache))
    expect((await published()).some((key) => key.kid !== first?.kid)).toBe(true)
  })

  test('what is encrypted to a key opens before, while and after it is current, until it is removed', async () => {
    const { keyring, cache } = isolate()
    const decryptJwe = createDecryptJwe({ keyring })
    for (const alg of decryptionAlgs) await keyring.provide([alg])
    const encrypted = await Promise.all(
      (await keyring.jwks()).keys
        .filter((key) => key.use === 'enc')
        .map(async ({ kid, ...key }) =>
          new CompactEncrypt(new TextEncoder().encode('secret'))
            .setProtectedHeader({ alg: String(key.alg), enc: 'A256GCM', kid: String(kid) })
            .encrypt(await importJWK(key)),
        ),
    )
    expect(encrypted).toHaveLength(decryptionAlgs.length)
    const opened = async () => [...new Set(await Promise.all(encrypted.map(decryptJwe)))]
    expect(await opened()).toEqual(['secret'])

    now = start + 89 * day
    await rotateKeys(rotation(cache))
    const forEncryption = async () => (await keyring.jwks()).keys.filter((key) => key.use === 'enc')
    // OpenID Connect Core §10.2.1: nobody is offered two keys to choose from.
    expect(await forEncryption()).toHaveLength(decryptionAlgs.length)
    const before = await forEncryption()
    now = start + 90 * day
    await rotateKeys(rotation(cache))
    expect(await forEncryption()).toHaveLength(decryptionAlgs.length)
    expect(await forEncryption()).not.toEqual(before)
    expect(await opened()).toEqual(['secret'])

    now = start + 97 * day
    await rotateKeys(rotation(cache))
    expect(await opened()).toEqual([undefined])
  })

  test('a key that decrypts verifies nothing, and one that signs decrypts nothing', async () => {
    const { keyring } = isolate()
    await keyring.provide(decryptionAlgs)
    for (const { kid = '', use } of (await keyring.jwks()).keys) {
      expect((await keyring.verificationKey(kid)) !== undefined).toBe(use === 'sig')
      expect((await keyring.decryptionKey(kid)) !== undefined).toBe(use === 'enc')
    }
  })

  test('a row that says another algorithm than it was bound with is not believed', async () => {
    await isolate().keyring.provide(['ECDH-ES'])
    await database.execute(sql`update signing_keys set alg = 'ES256' where alg = 'ECDH-ES'`)
    const { keyring } = isolate()
    expect((await keyring.jwks()).keys.some((key) => key.alg === 'ES256')).toBe(false)
  })
})

describe('root secret', () => {
  test('a previous root secret still opens the keys sealed under it', async () => {
    const { kid } = await isolate().keyring.signingKey('ES256')
    const rotated = createRootSecret('b3RoZXItcm9vdC1zZWNyZXQtb3RoZXItcm9vdC1zZWNyZXQtMg', [rootSecret])
    const second = isolate({ root: rotated })
    expect((await second.keyring.signingKey('ES256')).kid).toBe(kid)
  })

  test('a sealed private key moved to another row does not open', async () => {
    const made = { status: 'next', at: start } as const
    const { openPrivateKey } = await import('../../src/keys/private-half.ts')
    const [one, other] = await Promise.all([1, 2].map(() => generateKey(root, 'ES256', made)))
    const moved = { kid: String(other?.kid), private_jwk_sealed: String(one?.private_jwk_sealed) }
    await expect(openPrivateKey(root, moved)).rejects.toThrow('AUTHLY_ROOT_SECRET_PREVIOUS')
  })
})

describe('Postgres away', () => {
  test('a cold isolate signs with the keys of the regional replica', async () => {
    const region = `keys-${crypto.randomUUID().slice(0, 8)}`
    const warm = isolate({ region })
    const { kid } = await warm.keyring.signingKey('ES256')
    await warm.settle()
    now += 3600_000
    const cold = isolate({ region, databaseAway: () => true })
    expect((await cold.keyring.signingKey('ES256')).kid).toBe(kid)
    expect(await kidsOf(cold.keyring)).toEqual([kid])
  })
})

describe('rotation', () => {
  test('publishes before use, keeps after use, and removes: a full rotation by the clock', async () => {
    const { keyring, cache, signJwt } = isolate()
    await keyring.jwks()
    const first = (await keyring.signingKey('ES256')).kid
    const oldToken = await signJwt('ES256', 'at+jwt', { ...claims(), exp: start / 1000 + 366 * 86_400 })
    expect(await rotateKeys(rotation(cache))).toEqual([])

    now = start + 89 * day
    expect(await rotateKeys(rotation(cache))).toHaveLength(standingAlgs.length)
    expect(await kidsOf(keyring)).toHaveLength(2 * standingAlgs.length)
    expect((await keyring.signingKey('ES256')).kid).toBe(first)

    now = start + 90 * day - 1000
    expect(await rotateKeys(rotation(cache))).toEqual([])

    now = start + 90 * day
    await rotateKeys(rotation(cache))
    const second = (await keyring.signingKey('ES256')).kid
    expect(second).not.toBe(first)
    expect(await kidsOf(keyring)).toContain(first)
    const verifyJwt = createVerifyJwt({ keyring, issuer, now: () => now })
    expect(await verifyJwt(oldToken, { typ: 'at+jwt' })).toMatchObject({ sub: 'someone' })

    now = start + 97 * day
    await rotateKeys(rotation(cache))
    expect(await kidsOf(keyring)).toHaveLength(standingAlgs.length)
    expect(await kidsOf(keyring)).not.toContain(first)
    expect(await verifyJwt(oldToken, { typ: 'at+jwt' })).toBeUndefined()

    const events = (await keyEvents()).filter((event) => event.kid === first || event.kid === second)
    expect(events).toEqual([
      { type: 'key.created', kid: first },
      { type: 'key.created', kid: second },
      { type: 'key.activated', kid: second },
      { type: 'key.retired', kid: first },
      { type: 'key.removed', kid: first },
    ])
  })

  test('jobs running at the same moment rotate once and record each event once', async () => {
    const { keyring } = isolate()
    await keyring.jwks()
    const run = () => Promise.all([1, 2, 3, 4].map(() => rotateKeys(rotation(isolate().cache))))
    now = start + 89 * day
    await run()
    now = start + 90 * day
    await run()
    const { value } = await loadSigningKeys(database)
    for (const alg of standingAlgs) {
      const statuses = value.filter((key) => key.alg === alg).map((key) => key.status)
      expect(statuses.sort()).toEqual(['current', 'retired'])
    }
    const types = (await keyEvents()).map((event) => event.type)
    const count = (type: string) => types.filter((candidate) => candidate === type).length
    expect(count('key.created')).toBe(2 * standingAlgs.length)
    expect(count('key.activated')).toBe(standingAlgs.length)
    expect(count('key.retired')).toBe(standingAlgs.length)
  })

  test('a rotation never leaves an algorithm without a key that signs', async () => {
    const { keyring, cache } = isolate()
    await keyring.jwks()
    for (let hour = 0; hour < 200 * 24; hour += 12) {
      now = start + hour * 3600_000
      await rotateKeys(rotation(cache))
      const { value } = await loadSigningKeys(database)
      expect(value.filter((key) => key.alg === 'ES256' && key.status === 'current')).toHaveLength(1)
    }
  })
})
