/** The whole attack of somebody who can write to the database: a key of their own, and a chain that it signs. */
import { sql } from 'drizzle-orm'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, it, vi } from 'vitest'
import { createSealStore, evidenceEvent, selectSegments } from '../../src/evidence/evidence.store.ts'
import { type StoredSegment, withDigests } from '../../src/evidence/evidence-row.ts'
import { createExportWriter, emptyExport } from '../../src/evidence/export/export-writer.ts'
import { firstPreviousHash } from '../../src/evidence/format/checkpoint.ts'
import { leafOf } from '../../src/evidence/format/evidence-event.ts'
import { merkleRoot } from '../../src/evidence/format/merkle-tree.ts'
import { recordTypes } from '../../src/evidence/format/signed-record.ts'
import { verifyExport } from '../../src/evidence/format/verify-export.ts'
import { sealTrail } from '../../src/evidence/seal-trail.ts'
import { createSignRecord } from '../../src/evidence/sign-record.ts'
import { createKeyring } from '../../src/keys/create-keyring.ts'
import { createSignJwt } from '../../src/keys/sign-jwt.ts'
import { insertSigningKey, loadSigningKeys } from '../../src/keys/signing-keys.store.ts'
import { cacheUnderTest } from '../fakes/edge-cache.ts'
import { issuer, trailUnderTest } from './trail-under-test.ts'

type Trail = Awaited<ReturnType<typeof trailUnderTest>>

/** The server as a cold isolate sees it: nothing is remembered from before the attack. */
function coldServer({ database, runBatch, root }: Trail) {
  const keyring = createKeyring({
    ...{ cache: cacheUnderTest({ now: Date.now }).cache, root, now: Date.now },
    loadKeys: () => loadSigningKeys(database),
    insertKey: (input) => insertSigningKey(database, input),
  })
  const sign = createSignRecord({ signJwt: createSignJwt({ keyring }), keyring, issuer, now: Date.now })
  return {
    seal: () => sealTrail({ ...createSealStore(runBatch), sign, keyring, root }),
    /** What `authly audit export` and `authly audit verify` do. */
    async verify() {
      const writer = createExportWriter({ root, sign }, emptyExport)
      await writer.header({ issuer, coverage: 'whole', filters: {}, exported_at: 'now' })
      const [segments = []] = await runBatch([selectSegments(1, 1000)])
      for (const { segment } of segments) await writer.segment(segment as StoredSegment)
      await writer.manifest()
      const lines = writer.result().text.trimEnd().split('\n')
      return verifyExport(lines, { jwks: await keyring.jwks(), issuer })
    },
  }
}

/** Everything sealed anew under a key of their own, without the event at `position`. */
async function forgeChain({ owned: database, runBatch }: Trail, position: number) {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  const public_jwk = { ...jwk, kid, alg: 'ES256', use: 'sig' }
  const text = JSON.stringify(public_jwk)
  await database.execute(sql`insert into signing_keys (kid, alg, status, public_jwk, private_jwk_sealed, created_at,
    activated_at, retired_at) values (${kid}, 'ES256', 'retired', ${text}::jsonb, 'nothing', now(), now(), now())`)
  const [last] =
    (await runBatch([sql`select max(last_position) as position from audit_checkpoints`]))[0] ?? []
  await database.execute(sql`delete from audit_events where position = ${position}`)
  await database.execute(sql`delete from audit_checkpoints`)
  const [rows = []] = await runBatch([
    sql`select ${evidenceEvent} as event from audit_events where position <= ${last?.['position']} order by position`,
  ])
  const events = withDigests(
    rows.map((row) => row['event'] as never),
    [],
  )
  const leaves = await Promise.all(
    events.map(async (event) => {
      const leaf = await leafOf(event)
      return [event.position, leaf.hash, leaf.origin_digest, leaf.details_digest] as const
    }),
  )
  const claims = {
    ...{ sequence: 1, first_position: events[0]?.position, last_position: events.at(-1)?.position },
    ...{ event_count: events.length, previous_hash: firstPreviousHash },
    merkle_root: await merkleRoot(leaves.map(([, hash]) => hash)),
  }
  const jws = await new SignJWT({ iss: issuer, iat: 1_800_000_000, ...claims, previous_verified: true })
    .setProtectedHeader({ alg: 'ES256', typ: recordTypes.checkpoint, kid })
    .sign(privateKey)
  await database.execute(sql`insert into audit_checkpoints (sequence, first_position, last_position, event_count,
    merkle_root, previous_hash, leaves, signature, public_jwk) values (1, ${claims.first_position},
    ${claims.last_position}, ${claims.event_count}, ${claims.merkle_root}, ${claims.previous_hash},
    ${JSON.stringify(leaves)}::jsonb, ${jws}, ${text}::jsonb)`)
  return kid
}

it('a chain sealed by a key that somebody put into the database is not vouched for, nor is what we seal upon it', async () => {
  const trail = await trailUnderTest()
  await trail.keyring.jwks()
  const events = await trail.add(12)
  await trail.seal()
  expect((await coldServer(trail).verify()).verdict).toBe('intact')

  const [victim] = await trail.query(`select position from audit_events where id = '${events[5]?.id}'`)
  const forged = await forgeChain(trail, Number(victim?.['position']))
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  expect(await coldServer(trail).verify()).toMatchObject({
    verdict: 'untrusted',
    untrusted: { checkpoints: [1] },
  })

  // The sealer goes on, and says that it does not recognise what it goes on from.
  await trail.add(3)
  await coldServer(trail).seal()
  expect(log).toHaveBeenCalledWith(expect.stringContaining('audit_chain_broken'))
  expect(log).toHaveBeenCalledWith(expect.stringContaining(forged))
  log.mockRestore()
  const report = await coldServer(trail).verify()
  expect(report).toMatchObject({ verdict: 'untrusted', untrusted: { checkpoints: [1] } })
})
