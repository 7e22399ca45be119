import { sql } from 'drizzle-orm'
import { calculateJwkThumbprint, decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { signingKeysCacheKey } from '../../../src/keys/signing-key-row.ts'
import { loadSigningKeys } from '../../../src/keys/signing-keys.store.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { testDatabase } from '../../fakes/database.ts'
import { addAdmin, addServiceAccount, callAdmin, testDependencies } from '../../worker/admin-client.ts'

interface Key {
  readonly kid: string
  readonly alg: string
  readonly status: string
  readonly public_jwk: Record<string, unknown>
  readonly next_step: { readonly step: string; readonly due_at: string }
}

const keysOf = async (response: Response): Promise<readonly Key[]> => {
  expect(response.status, await response.clone().text()).toBe(200)
  return ((await response.json()) as { items: Key[] }).items
}
const published = async () => (await testDependencies().keyring.jwks()).keys.map(({ kid }) => kid)
const only = (keys: readonly Key[], status: string) =>
  keys.filter((key) => key.alg === 'EdDSA' && key.status === status)

// EdDSA alone: other tests of this run sign their tokens with ES256.
beforeEach(async () => {
  await testDependencies().keyring.jwks()
  await testDatabase().execute(sql`delete from signing_keys where alg = 'EdDSA' and status <> 'current'`)
})

describe('signing keys', () => {
  it('lists public halves and what is due next, never a private member', async () => {
    const response = await callAdmin(await addAdmin(), 'GET', '/admin/keys')
    const text = await response.clone().text()
    expect(text).not.toMatch(/"d":|private|sealed/)
    const keys = await keysOf(response)
    expect(keys.filter(({ status }) => status === 'current').map(({ alg }) => alg)).toEqual(
      expect.arrayContaining(['ES256', 'RS256', 'EdDSA']),
    )
    expect(only(keys, 'current')[0]?.next_step.step).toBe('publish_successor')
  })

  it.each(['RSA-OAEP-256', 'ECDH-ES'])('makes a key that decrypts when it is asked for: %s', async (alg) => {
    const admin = await addAdmin()
    await testDatabase().execute(sql`delete from signing_keys where alg = ${alg}`)
    const [made, ...others] = await keysOf(
      await callAdmin(admin, 'POST', '/admin/keys/rotate', { body: { alg } }),
    )
    expect(others).toEqual([])
    expect(made).toMatchObject({ alg, status: 'current', public_jwk: { use: 'enc', alg } })
    expect(await published()).toContain(made?.kid)
    const { keyring } = testDependencies()
    expect((await keyring.decryptionKey(String(made?.kid)))?.alg).toBe(alg)
    expect(await keyring.verificationKey(String(made?.kid))).toBeUndefined()
  })

  it('publishes a successor before it signs, and only one', async () => {
    const admin = await addAdmin()
    const [before] = only(await keysOf(await callAdmin(admin, 'GET', '/admin/keys')), 'current')
    const rotated = await keysOf(
      await callAdmin(admin, 'POST', '/admin/keys/rotate', { body: { alg: 'EdDSA' } }),
    )
    expect(only(rotated, 'current')[0]).toMatchObject({ kid: before?.kid, next_step: { step: 'hand_over' } })
    const successor = only(rotated, 'next')[0]
    expect(successor?.next_step.step).toBe('take_over')
    expect(await published()).toContain(successor?.kid)
    expect((await testDependencies().keyring.signingKey('EdDSA')).kid).toBe(before?.kid)
    const again = await callAdmin(admin, 'POST', '/admin/keys/rotate', { body: { alg: 'EdDSA' } })
    expect(await again.json()).toMatchObject({ status: 409, type: 'urn:authly:problem:successor_published' })
  })

  it.each([[true], [false]])(
    'switches at once in an emergency (successor published: %s)',
    async (withSuccessor) => {
      const admin = await addAdmin()
      if (withSuccessor) await callAdmin(admin, 'POST', '/admin/keys/rotate', { body: { alg: 'EdDSA' } })
      const before = await keysOf(await callAdmin(admin, 'GET', '/admin/keys'))
      const body = { alg: 'EdDSA', emergency: true }
      const after = await keysOf(await callAdmin(admin, 'POST', '/admin/keys/rotate', { body }))
      const listed = await keysOf(await callAdmin(admin, 'GET', '/admin/keys'))
      expect(after).toEqual(listed.filter(({ alg }) => alg === 'EdDSA'))
      const current = only(after, 'current')[0]
      if (withSuccessor) expect(current?.kid).toBe(only(before, 'next')[0]?.kid)
      expect((await testDependencies().keyring.signingKey('EdDSA')).kid).toBe(current?.kid)
      const old = only(before, 'current')[0]?.kid
      expect(only(after, 'retired').map(({ kid }) => kid)).toContain(old)
      expect(await published()).toContain(old)
      const gone = await callAdmin(admin, 'DELETE', `/admin/keys/${old}`)
      expect(gone.status, await gone.clone().text()).toBe(204)
      expect(await published()).not.toContain(old)
      expect(await testDependencies().keyring.verificationKey(String(old))).toBeUndefined()
      const { rows } = await testDatabase().execute<Record<string, unknown>>(
        sql`select type, actor_id, changes from audit_events where entity_type = 'signing_key'
        and (data ->> 'kid' = ${String(old)} or data ->> 'kid' = ${String(current?.kid)}) and actor_id = ${admin.id}`,
      )
      const types = rows.map(({ type }) => type)
      expect(types).toEqual(expect.arrayContaining(['key.retired', 'key.removed']))
      expect(types).toContain(withSuccessor ? 'key.activated' : 'key.created')
      expect(JSON.stringify(rows)).not.toContain('sealed')
    },
  )

  it('lets one of two parallel rotations win', async () => {
    const admin = await addAdmin()
    const rotate = () =>
      callAdmin(admin, 'POST', '/admin/keys/rotate', { body: { alg: 'EdDSA', emergency: true } })
    const answers = await Promise.all([rotate(), rotate(), rotate()])
    const won = answers.filter(({ status }) => status === 200).length
    expect(won).toBeGreaterThan(0)
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true)
    expect(only(await keysOf(await callAdmin(admin, 'GET', '/admin/keys')), 'current')).toHaveLength(1)
  })

  it('rotates once for one Idempotency-Key', async () => {
    const admin = await addAdmin()
    const headers = { 'idempotency-key': uuidv7() }
    const rotate = () => callAdmin(admin, 'POST', '/admin/keys/rotate', { body: { alg: 'EdDSA' }, headers })
    const first = await (await rotate()).text()
    // By now a successor is published: without the key this would be a conflict.
    expect(await (await rotate()).text()).toBe(first)
  })

  it('never removes the key that signs', async () => {
    const admin = await addAdmin()
    const keys = await keysOf(await callAdmin(admin, 'GET', '/admin/keys'))
    for (const { kid, status } of keys.filter((key) => key.status === 'current')) {
      const refused = await callAdmin(admin, 'DELETE', `/admin/keys/${kid}`)
      expect([refused.status, status]).toEqual([409, 'current'])
    }
    expect((await callAdmin(admin, 'DELETE', '/admin/keys/unknown')).status).toBe(404)
    expect((await callAdmin(admin, 'DELETE', '/admin/keys/%2e%2e')).status).toBe(404)
  })

  it('whoever writes a key into the database signs no token for the admin API, and it can be removed', async () => {
    const admin = await addAdmin()
    const account = await addServiceAccount()
    expect((await callAdmin(account, 'GET', '/admin/keys')).status).toBe(200)
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const jwk = await exportJWK(publicKey)
    const kid = await calculateJwkThumbprint(jwk)
    const text = JSON.stringify({ ...jwk, kid, alg: 'ES256', use: 'sig' })
    await testDatabase().execute(sql`insert into signing_keys (kid, alg, status, public_jwk, private_jwk_sealed,
      created_at, activated_at, retired_at) values (${kid}, 'ES256', 'retired', ${text}::jsonb, 'nothing', now(),
      now(), now())`)
    // Every tier of the cache has it now.
    await testDependencies().edgeCache.refresh(signingKeysCacheKey, await loadSigningKeys(testDatabase()))
    const token = await new SignJWT(decodeJwt(account.token))
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
      .sign(privateKey)
    expect((await callAdmin({ token }, 'GET', '/admin/keys')).status).toBe(401)
    expect(await published()).not.toContain(kid)
    const ofKid = (keys: readonly { kid: string }[]) => keys.find((key) => key.kid === kid)
    expect(ofKid(await keysOf(await callAdmin(admin, 'GET', '/admin/keys')))).toMatchObject({
      problem: 'binding_missing',
    })
    const status = (await (await callAdmin(admin, 'GET', '/admin/status')).json()) as { keys: Key[] }
    expect(ofKid(status.keys)).toMatchObject({ problem: 'binding_missing' })
    expect((await callAdmin(admin, 'DELETE', `/admin/keys/${kid}`)).status).toBe(204)
  })

  it('an emergency makes a new key when the successor is somebody else’s', async () => {
    const admin = await addAdmin()
    const body = { alg: 'EdDSA', emergency: true }
    const { publicKey } = await generateKeyPair('EdDSA')
    const jwk = await exportJWK(publicKey)
    const kid = await calculateJwkThumbprint(jwk)
    await testDatabase().execute(sql`insert into signing_keys (kid, alg, status, public_jwk, private_jwk_sealed)
      values (${kid}, 'EdDSA', 'next', ${JSON.stringify(jwk)}::jsonb, 'nothing')`)
    const after = await keysOf(await callAdmin(admin, 'POST', '/admin/keys/rotate', { body }))
    expect(only(after, 'next')).toMatchObject([{ kid, problem: 'binding_missing' }])
    expect((await testDependencies().keyring.signingKey('EdDSA')).kid).toBe(only(after, 'current')[0]?.kid)
    expect((await callAdmin(admin, 'DELETE', `/admin/keys/${kid}`)).status).toBe(204)
  })

  it('asks for the permission and for a recent sign-in (RFC 9470)', async () => {
    const reader = await addServiceAccount(['admin:keys:read'])
    expect((await callAdmin(reader, 'POST', '/admin/keys/rotate', { body: { alg: 'EdDSA' } })).status).toBe(
      403,
    )
    const stale = await addAdmin({ signedInSecondsAgo: 3600 })
    expect((await callAdmin(stale, 'POST', '/admin/keys/rotate', { body: { alg: 'EdDSA' } })).status).toBe(
      401,
    )
    expect((await callAdmin(stale, 'DELETE', '/admin/keys/unknown')).status).toBe(401)
  })
})
