import fc from 'fast-check'
import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { erasureProof } from '../../../src/audit/erasure-proof.ts'
import { encodeEvents } from '../../../src/audit/outbox.ts'
import type { StoredLeaf, StoredSegment } from '../../../src/evidence/evidence-row.ts'
import { createExportWriter, emptyExport } from '../../../src/evidence/export/export-writer.ts'
import { canonicalJson } from '../../../src/evidence/format/canonical-json.ts'
import { firstPreviousHash, hashCheckpoint } from '../../../src/evidence/format/checkpoint.ts'
import { type EvidenceEvent, leafOf } from '../../../src/evidence/format/evidence-event.ts'
import { emptyLinesHash, extendLinesHash } from '../../../src/evidence/format/export-format.ts'
import { linesOfExport } from '../../../src/evidence/format/export-lines.ts'
import {
  hashLeaf,
  inclusionProof,
  merkleRoot,
  verifyInclusion,
} from '../../../src/evidence/format/merkle-tree.ts'
import { recordTypes } from '../../../src/evidence/format/signed-record.ts'
import { verifyExport } from '../../../src/evidence/format/verify-export.ts'
import { createRootSecret } from '../../../src/kit/root-secret.ts'

const issuer = 'https://auth.test'

async function createSigner() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  const public_jwk = { ...jwk, kid } as JWK & Record<string, unknown>
  const sign = async (type: keyof typeof recordTypes, claims: object) => {
    const payload = new TextEncoder().encode(JSON.stringify({ iss: issuer, iat: 1_800_000_000, ...claims }))
    const jws = await new CompactSign(payload)
      .setProtectedHeader({ alg: 'ES256', typ: recordTypes[type], kid })
      .sign(privateKey)
    return { jws, public_jwk }
  }
  return { sign, public_jwk }
}

const root = createRootSecret('dGVzdC1yb290LXNlY3JldC10ZXN0LXJvb3Qtc2VjcmV0LTAwMQ')
const ours = await createSigner()
const theirs = await createSigner()
const jwks = { keys: [ours.public_jwk] }

const eventAt = (position: number): EvidenceEvent => ({
  ...{ id: `id-${position}`, position, type: 'session.created' },
  ...{ occurred_at: '2026-11-23T09:00:00.000000Z', recorded_at: '2026-11-23T09:00:01.000000Z' },
  ...{ outcome: 'success', actor_type: 'user', actor_id: `u${position}`, user_id: `u${position}` },
  ...{ client_id: null, session_id: null, request_id: null, entity_type: null, entity_id: null },
  ...{ ip: '192.0.2.1', user_agent: 'Test', changes: null, data: { acr: 'a' } },
  ...{ origin_salt: `o${position}`, details_salt: `d${position}`, origin_digest: null, details_digest: null },
})

/** An export of checkpoints of these sizes and some events that are not sealed yet. */
const exportOf = async (sizes: readonly number[], unsealed: number, signer = ours): Promise<string[]> =>
  (await exportText(sizes, unsealed, signer)).trimEnd().split('\n')

async function exportText(
  sizes: readonly number[],
  unsealed: number,
  signer = ours,
  /** What the events say. */
  about: Partial<EvidenceEvent> = {},
): Promise<string> {
  const writer = createExportWriter({ root, sign: signer.sign }, emptyExport)
  await writer.header({ issuer, coverage: 'whole', filters: {}, exported_at: 'now' })
  let position = 0
  const next = () => {
    position += 2
    return position
  }
  let previous_hash = firstPreviousHash
  for (const [index, size] of sizes.entries()) {
    const events = Array.from({ length: size }, () => ({ ...eventAt(next()), ...about }))
    const leaves = await Promise.all(
      events.map(async (event): Promise<StoredLeaf> => {
        const leaf = await leafOf(event)
        return [event.position, leaf.hash, leaf.origin_digest, leaf.details_digest]
      }),
    )
    const claims = {
      sequence: index + 1,
      first_position: events[0]?.position ?? 0,
      last_position: position,
      event_count: size,
      merkle_root: await merkleRoot(leaves.map(([, hash]) => hash)),
      previous_hash,
    }
    const signed = await signer.sign('checkpoint', { ...claims, previous_verified: true })
    previous_hash = await hashCheckpoint(signed.jws)
    const segment: StoredSegment = {
      ...claims,
      ...signed,
      sealed_at: '',
      leaves,
      events,
      removals: [],
      erasures: [],
    }
    await writer.segment(segment)
  }
  for (let index = 0; index < unsealed; index++) await writer.event({ ...eventAt(next()), ...about })
  await writer.manifest()
  return writer.result().text
}

async function hashOf(lines: readonly string[]): Promise<string> {
  let hash = emptyLinesHash
  for (const line of lines) hash = await extendLinesHash(hash, line)
  return hash
}

/** The bytes of `text`, cut at these places. */
async function* inChunks(text: string, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  const edges = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length]
  for (const [index, end] of edges.slice(1).entries()) yield bytes.subarray(edges[index], end)
}

/** All of Unicode, halves of surrogate pairs and NUL included; what ends lines somewhere comes often. */
const anyCharacter = fc.oneof(
  fc.constantFrom(
    ...'\n\r\v\f\0\x1c\x1d\x1e\x7f\x85\u2028\u2029\ufeff\ufffd"\\',
    '\ud800',
    '\udfff',
    '\\u0000',
  ),
  fc.nat({ max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
)
const anyText = fc.string({ unit: anyCharacter, maxLength: 12 })
/** Where Python's `str.splitlines` ends a line: the largest such set there is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const anyLineEnd = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/

describe('canonical JSON (RFC 8785)', () => {
  it('gives the example of §3.2.2 and the order of §3.2.3', () => {
    const example = JSON.parse(
      String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
    )
    expect(canonicalJson(example)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
    const order = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
    expect(canonicalJson(order)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    )
  })

  it('numbers of appendix B', () => {
    const rows = [
      [0, '0'],
      [-0, '0'],
      [5e-324, '5e-324'],
      [1.7976931348623157e308, '1.7976931348623157e+308'],
      [9007199254740992, '9007199254740992'],
      [295147905179352830000, '295147905179352830000'],
      [1e21, '1e+21'],
      [9.999999999999997e22, '9.999999999999997e+22'],
      [0.000001, '0.000001'],
      [333333333.33333325, '333333333.33333325'],
    ] as const
    for (const [value, text] of rows) expect(canonicalJson(value)).toBe(text)
  })

  it('refuses what JSON cannot carry, and reads back as the same value', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, undefined, '\ud800', { a: undefined }]) {
      expect(() => canonicalJson(value)).toThrow(TypeError)
    }
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

describe('Merkle tree (RFC 6962 §2.1)', () => {
  it('gives the roots and paths of the test vectors of Certificate Transparency', async () => {
    const hex = (text: string) => Buffer.from(text, 'base64url').toString('hex')
    expect(hex(await hashLeaf(''))).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d')
    const inputs = [
      '',
      '00',
      '10',
      '2021',
      '3031',
      '40414243',
      '5051525354555657',
      '606162636465666768696a6b6c6d6e6f',
    ]
    const leaves = await Promise.all(
      inputs.map(async (input) => hashLeaf(Buffer.from(input, 'hex').toString('latin1'))),
    )
    const roots = [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]
    for (const [index, root] of roots.entries()) {
      expect(hex(await merkleRoot(leaves.slice(0, index + 1)))).toBe(root)
    }
  })

  it('proves every leaf of every size, and nothing else', async () => {
    for (let size = 1; size <= 20; size++) {
      const leaves = await Promise.all(Array.from({ length: size }, (_, index) => hashLeaf(`${index}`)))
      const root = await merkleRoot(leaves)
      for (let index = 0; index < size; index++) {
        const path = await inclusionProof(leaves, index)
        const leaf = leaves[index] as string
        const proof = { leaf, index, size, path, root }
        expect(await verifyInclusion(proof)).toBe(true)
        expect(await verifyInclusion({ ...proof, index: (index + 1) % (size + 1) })).toBe(false)
        expect(await verifyInclusion({ ...proof, leaf: await hashLeaf('other') })).toBe(false)
        if (path.length > 0) expect(await verifyInclusion({ ...proof, path: path.slice(1) })).toBe(false)
      }
    }
  })
})

describe('an export', () => {
  it('is intact as it is, whole chain, unsealed tail and all', async () => {
    const report = await verifyExport(await exportOf([3, 1, 5], 2), { jwks, issuer })
    expect(report).toMatchObject({
      verdict: 'intact',
      problems: [],
      events: { total: 11, sealed: 9, not_sealed_yet: 2 },
      checkpoints: { count: 3, first_sequence: 1, last_sequence: 3 },
    })
  })

  it('is trusted by a key or by an anchor, and by neither is untrusted', async () => {
    const lines = await exportOf([3, 4], 0)
    const { checkpoints } = await verifyExport(lines, { jwks })
    expect(await verifyExport(lines)).toMatchObject({
      verdict: 'untrusted',
      untrusted: { checkpoints: [1, 2] },
    })
    const anchored = await verifyExport(lines, { anchors: [checkpoints.last_hash as string] })
    expect(anchored.verdict).toBe('intact')
    expect(await verifyExport(lines, { jwks: { keys: [theirs.public_jwk] } })).toMatchObject({
      verdict: 'untrusted',
    })
    expect(await verifyExport(lines, { jwks, issuer: 'https://other.test' })).toMatchObject({
      verdict: 'altered',
    })
  })

  it('made anew by somebody else with a key of their own is not taken for ours', async () => {
    expect(await verifyExport(await exportOf([3], 0, theirs), { jwks })).toMatchObject({
      verdict: 'untrusted',
    })
  })

  it('shows any single line deleted, doubled, swapped, changed or put in from elsewhere', async () => {
    const lines = await exportOf([4, 3], 2)
    const other = await exportOf([2], 1, theirs)
    const at = fc.nat({ max: lines.length - 1 })
    const isIntact = async (changed: readonly string[]) =>
      (await verifyExport(changed, { jwks, issuer })).verdict === 'intact'
    await fc.assert(
      fc.asyncProperty(
        at,
        at,
        fc.nat({ max: other.length - 1 }),
        fc.nat(),
        async (one, two, foreign, byte) => {
          const line = lines[one] as string
          expect(await isIntact(lines.toSpliced(one, 1))).toBe(false)
          expect(await isIntact(lines.toSpliced(two, 0, line))).toBe(false)
          expect(await isIntact(lines.toSpliced(one, 0, other[foreign] as string))).toBe(false)
          expect(await isIntact(lines.slice(0, one))).toBe(false)
          if (one !== two) {
            expect(await isIntact(lines.with(one, lines[two] as string).with(two, line))).toBe(false)
          }
          const place = byte % line.length
          const letter = line[place] === 'x' ? 'y' : 'x'
          expect(await isIntact(lines.with(one, line.slice(0, place) + letter + line.slice(place + 1)))).toBe(
            false,
          )
        },
      ),
      { numRuns: 60 },
    )
  })

  it('shows every other spelling of the manifest, which no hash covers', async () => {
    const lines = await exportOf([1], 0)
    const manifest = JSON.parse(lines.at(-1) as string) as { jws: string; public_jwk: object }
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const others = [...letters].map((letter) => ({ ...manifest, jws: manifest.jws.slice(0, -1) + letter }))
    const forged = [
      ...others.filter(({ jws }) => jws !== manifest.jws),
      { ...manifest, public_jwk: { ...manifest.public_jwk, kid: 'x' } },
      { ...manifest, public_jwk: { ...manifest.public_jwk, note: 'x' } },
      { ...manifest, note: 'x' },
    ]
    for (const other of forged) {
      const report = await verifyExport(lines.with(-1, JSON.stringify(other)), { jwks })
      expect(report.verdict, JSON.stringify(other)).toBe('altered')
    }
  })

  it('names what is wrong even when the manifest was signed over it, as a doctored database would get', async () => {
    const lines = await exportOf([6], 0)
    const codes = async (changed: readonly string[]) =>
      (await verifyExport(changed, { jwks })).problems
        .map(({ code }) => code)
        .filter((code) => code.startsWith('event'))
    expect(await codes(lines.toSpliced(4, 1))).toEqual(['event_missing', 'events_differ'])
    expect(await codes(lines.with(4, (lines[4] as string).replace('192.0.2.1', '192.0.2.2')))).toEqual([
      'event_changed',
    ])
    expect(await codes(lines.with(4, lines[5] as string).with(5, lines[4] as string))).toEqual([
      'event_moved',
    ])
    const blank = JSON.parse(lines[4] as string) as { event: EvidenceEvent }
    const { origin_digest } = await leafOf(blank.event)
    const event = { ...blank.event, ip: null, user_agent: null, origin_salt: null, origin_digest }
    expect(await codes(lines.with(4, JSON.stringify({ ...blank, event })))).toEqual(['event_blanked'])
  })

  it('is intact and has one record a line whatever characters its events hold, cut into chunks anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText,
        fc.dictionary(anyText, fc.oneof(anyText, fc.array(anyText, { maxLength: 2 })), { maxKeys: 3 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        async (given, given_data, cuts) => {
          // As the outbox gives it to Postgres: without what Postgres cannot store.
          const details = { id: '', type: 'login.failed', occurred_at: 0, outcome: 'failure' } as const
          const [stored] = JSON.parse(
            `[${encodeEvents([{ ...details, actor_type: 'anonymous', client_id: given, data: given_data }])}]`,
          ) as [{ client_id: string; data: Record<string, unknown> }]
          const clean = (text: string) => Buffer.from(text).toString().replaceAll('\0', '\ufffd')
          expect(stored.client_id).toBe(clean(given))
          const { client_id, data } = stored
          const text = await exportText([2], 1, ours, { client_id, user_agent: client_id, data })
          expect(text.split(anyLineEnd)).toEqual(text.split('\n'))
          const report = await verifyExport(linesOfExport(inChunks(text, cuts)), { jwks, issuer })
          expect(report).toMatchObject({ verdict: 'intact', events: { total: 3 } })
        },
      ),
      { numRuns: 150 },
    )
  })

  it('of an older version, which wrote line separators as they are, still verifies', async () => {
    const write = JSON.stringify
    const separators = 'a\u2028b\u2029c\x85d'
    const escaped = await exportText([2], 1, ours, { client_id: separators })
    expect(escaped).not.toContain(separators)
    // The manifest signs the hash over the lines, so it is made anew for the older spelling.
    const lines = escaped
      .trimEnd()
      .split('\n')
      .slice(0, -1)
      .map((line) => write(JSON.parse(line)))
    expect(lines.join('\n')).toContain(separators)
    const writer = createExportWriter(
      { root, sign: ours.sign },
      { lines: lines.length, events: 3, hash: await hashOf(lines) },
    )
    await writer.manifest()
    const text = `${lines.join('\n')}\n${writer.result().text}`
    expect(await verifyExport(linesOfExport(inChunks(text, [])), { jwks, issuer })).toMatchObject({
      verdict: 'intact',
    })
  })

  it('with bytes that are no UTF-8, a line without end, or JSON that has no hash is altered, and no error', async () => {
    const text = await exportText([2], 1)
    const verdictOf = async (bytes: Uint8Array, longest?: number) => {
      const chunks = async function* () {
        yield bytes
      }
      return (await verifyExport(linesOfExport(chunks(), longest), { jwks, issuer })).verdict
    }
    const bytes = new TextEncoder().encode(text)
    expect(await verdictOf(bytes)).toBe('intact')
    expect(await verdictOf(bytes, 100)).toBe('altered')
    expect(await verdictOf(new Uint8Array([0xef, 0xbb, 0xbf, ...bytes]))).toBe('altered')
    expect(await verdictOf(bytes.with(text.indexOf('192.0.2.1'), 0xff))).toBe('altered')
    for (const [place, forged] of [
      ['"Test"', String.raw`"\ud800"`],
      ['{"acr":"a"}', '{"acr":1e999}'],
      ['{"acr":"a"}', `{"acr":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
      ['{"acr":"a"}', '{"acr":"a","__proto__":1}'],
    ] as const) {
      expect(await verdictOf(new TextEncoder().encode(text.replace(place, forged))), forged).toBe('altered')
    }
    const manifest = text.replace(/("public_jwk":\{)(?=[^{}]*\}\}\n$)/, '$1"__proto__":1,')
    expect(manifest).not.toBe(text)
    expect(await verdictOf(new TextEncoder().encode(manifest))).toBe('altered')
  })

  it('explains what was erased from events that are not sealed yet, by our statements alone', async () => {
    const person = 'erased-person'
    const blank = {
      ...{ ...eventAt(2), actor_id: person, user_id: person, ip: null, user_agent: null },
      ...{ data: {}, origin_salt: null, details_salt: null },
    }
    const verdictWith = async (proof: string | null) => {
      const writer = createExportWriter({ root, sign: ours.sign }, emptyExport)
      await writer.header({ issuer, coverage: 'whole', filters: {}, exported_at: 'now' })
      await writer.erasures([{ user_id: person, jws: null, public_jwk: null, proof }])
      await writer.event(blank)
      await writer.manifest()
      const { problems, events } = await verifyExport(writer.result().text.trimEnd().split('\n'), { jwks })
      return { problems: problems.map(({ code }) => code), erased: events.erased_parts }
    }
    expect(await verdictWith(await erasureProof(root, person))).toEqual({ problems: [], erased: 2 })
    // Attack: the event of an erasure, written by somebody who has the database and not the root secret.
    const forged = { problems: ['event_blanked', 'event_blanked'], erased: 2 }
    expect(await verdictWith('AAAA')).toEqual(forged)
    expect(await verdictWith(await erasureProof(root, 'another-person'))).toEqual(forged)
    expect(await verdictWith(null)).toEqual(forged)
  })
})
