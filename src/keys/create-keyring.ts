/**
 * The keyring over the edge cache. Keys are decrypted and imported once per isolate; the private JWK exists in
 * plaintext only between those two steps. An algorithm without a key gets one on first use, or when a client that
 * wants it is registered: the first isolate to insert wins, the others read its key.
 */
import { type CryptoKey, importJWK, type JSONWebKeySet, type JWK } from 'jose'
import type { AuditEvent } from '../audit/event.ts'
import type { EdgeCache, Loaded } from '../edge-cache/cached-lookup.ts'
import { BoundedMap } from '../kit/bounded-map.ts'
import type { Clock } from '../kit/clock.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { isSigningAlg, type KeyAlg, type SigningAlg, standingAlgs, useOf } from './algorithms.ts'
import { type GeneratedKey, generateKey } from './generate-key.ts'
import { findKeyProblem, type KeyProblem } from './key-binding.ts'
import type { DecryptionKey, Keyring, SigningKey, VerificationKey } from './keyring.ts'
import { openPrivateKey } from './private-half.ts'
import { keyEvent, reportKeyProblem } from './rotate-keys.ts'
import { type SigningKeyRow, signingKeysCacheKey } from './signing-key-row.ts'

export interface KeyringNeeds {
  readonly cache: EdgeCache
  readonly root: RootSecret
  readonly now: Clock
  readonly loadKeys: () => Promise<Loaded<readonly SigningKeyRow[]>>
  readonly insertKey: (input: { readonly key: GeneratedKey; readonly event: AuditEvent }) => Promise<void>
}

/** Derived from one version of the key set; reused as long as the cache returns the same rows. */
interface KeySetView {
  /** Rows that are bound to the root secret, regardless of which tier they came from. */
  readonly trusted: Promise<readonly SigningKeyRow[]>
  readonly signing: Map<SigningAlg, SigningKey>
  readonly verification: Map<string, VerificationKey>
  jwks: JSONWebKeySet | undefined
}

const views = new WeakMap<readonly SigningKeyRow[], KeySetView>()
/** Imported private keys by kid, so that a renewed but unchanged key set costs no decryption. */
const importedKeys = new BoundedMap<string, CryptoKey>(32)

/** Builds the keyring of one request over the imported keys of the isolate. */
export function createKeyring(needs: KeyringNeeds): Keyring {
  const { cache, root, now, loadKeys, insertKey } = needs

  const readRows = async (): Promise<readonly SigningKeyRow[]> =>
    (await cache.read(signingKeysCacheKey, loadKeys)) ?? []

  /** The rows with a current key for each of `algs`; missing keys are created. */
  async function rowsWith(algs: readonly KeyAlg[]): Promise<readonly SigningKeyRow[]> {
    const rows = await readRows()
    const missing = algs.filter((alg) => !currentRow(rows, alg))
    if (missing.length === 0) return rows
    // The cached set may be older than a key that another isolate has just created.
    let loaded = await loadKeys()
    const absent = missing.filter((alg) => !currentRow(loaded.value, alg))
    for (const alg of absent) {
      const at = now()
      const key = await generateKey(root, alg, { status: 'current', at })
      const event = keyEvent('key.created', at, { kid: key.kid, alg, status: 'current' })
      await insertKey({ key, event })
    }
    if (absent.length > 0) loaded = await loadKeys()
    await cache.refresh(signingKeysCacheKey, loaded)
    return loaded.value
  }

  /** All rows, with a key for every standing algorithm if possible; while Postgres is unavailable, the existing keys. */
  async function publishedRows(): Promise<readonly SigningKeyRow[]> {
    try {
      return await rowsWith(standingAlgs)
    } catch (failure) {
      const rows = await readRows()
      if (rows.length === 0) throw failure
      return rows
    }
  }

  return {
    async signingKey(alg) {
      const rows = await rowsWith([alg])
      const view = viewOf(root, rows)
      const known = view.signing.get(alg)
      if (known) return known
      const row = currentRow(await view.trusted, alg)
      if (!row) {
        const isThere = currentRow(rows, alg) !== undefined
        throw new Error(
          `there is no current ${alg} signing key ${isThere ? 'that is bound to the root secret' : 'and none could be made'}`,
        )
      }
      const key = { kid: row.kid, alg, key: await privateKey(root, row) }
      view.signing.set(alg, key)
      return key
    },

    async verificationKey(kid) {
      const rows = await readRows()
      const view = viewOf(root, rows)
      const known = view.verification.get(kid)
      if (known) return known
      const row = (await view.trusted).find((candidate) => candidate.kid === kid)
      // Attack: a key that we only decrypt with is named as the one that signed.
      if (!row || !isSigningAlg(row.alg)) return undefined
      const key = { kid, alg: row.alg, key: await importPublicKey(row) }
      view.verification.set(kid, key)
      return key
    },

    async decryptionKey(kid) {
      const row = (await viewOf(root, await readRows()).trusted).find((candidate) => candidate.kid === kid)
      if (!row || isSigningAlg(row.alg)) return undefined
      return { kid, alg: row.alg, key: await privateKey(root, row) } satisfies DecryptionKey
    },

    async provide(algs) {
      if (algs.length > 0) await rowsWith(algs)
    },

    async jwks() {
      const rows = await publishedRows()
      const view = viewOf(root, rows)
      if (view.jwks) return view.jwks
      const keys = (await view.trusted).filter(isPublished).map(toPublicJwk)
      view.jwks ??= { keys }
      return view.jwks
    },
  }
}

/** A retired key still decrypts, but nobody should begin to use it; its successor is known everywhere once it is current. */
const isPublished = ({ alg, status }: SigningKeyRow): boolean => useOf(alg) === 'sig' || status === 'current'

const currentRow = (rows: readonly SigningKeyRow[], alg: KeyAlg): SigningKeyRow | undefined =>
  rows.find((row) => row.alg === alg && row.status === 'current')

function viewOf(root: RootSecret, rows: readonly SigningKeyRow[]): KeySetView {
  let view = views.get(rows)
  if (!view) {
    const trusted = trustedRows(root, rows)
    view = { trusted, signing: new Map(), verification: new Map(), jwks: undefined }
    views.set(rows, view)
  }
  return view
}

/** Results of checking a row, keyed by its full content: a renewed but unchanged key set is not checked again. */
const verdicts = new WeakMap<RootSecret, BoundedMap<string, KeyProblem | undefined>>()
const maxVerdicts = 200

async function trustedRows(
  root: RootSecret,
  rows: readonly SigningKeyRow[],
): Promise<readonly SigningKeyRow[]> {
  const known = verdicts.get(root) ?? new BoundedMap<string, KeyProblem | undefined>(maxVerdicts)
  verdicts.set(root, known)
  const trusted: SigningKeyRow[] = []
  for (const row of rows) {
    const text = JSON.stringify(row)
    let problem = known.get(text)
    if (!known.has(text)) {
      problem = await findKeyProblem(root, row)
      if (problem !== undefined) reportKeyProblem(row, problem)
      known.set(text, problem)
    }
    if (problem === undefined) trusted.push(row)
  }
  return trusted
}

async function privateKey(root: RootSecret, row: SigningKeyRow): Promise<CryptoKey> {
  const known = importedKeys.get(row.kid)
  if (known) return known
  const key = (await importJWK((await openPrivateKey(root, row)) as JWK, row.alg)) as CryptoKey
  importedKeys.set(row.kid, key)
  return key
}

const importPublicKey = async (row: SigningKeyRow): Promise<CryptoKey> =>
  (await importJWK(toPublicJwk(row), row.alg)) as CryptoKey

/**
 * Only the members covered by the thumbprint (RFC 7638 §3.2): others are not ours, and no private member may be
 * published.
 */
function toPublicJwk(row: SigningKeyRow): JWK {
  const { kty, crv, x, y, n, e } = row.public_jwk as JWK
  const members = kty === 'RSA' ? { kty, n, e } : kty === 'EC' ? { kty, crv, x, y } : { kty, crv, x }
  return { ...members, kid: row.kid, alg: row.alg, use: useOf(row.alg) } as JWK
}
