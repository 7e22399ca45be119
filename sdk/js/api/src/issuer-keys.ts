import { type CryptoKey, importJWK, type JWK } from 'jose'
import { invalidToken, type Refusal, unavailable } from './refusal.ts'

/** The key of the issuer that is named `kid` and made for `alg`, or why there is none. */
export type FindKey = (kid: string, alg: string) => CryptoKey | Refusal | Promise<CryptoKey | Refusal>

export interface IssuerKeysNeeds {
  /** Reads the issuer's JWK set (RFC 7517 §5); rejects when it cannot be read. */
  readonly readKeys: () => Promise<readonly unknown[]>
  readonly algorithms: readonly string[]
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
}

/** Milliseconds. */
export const keyTimes = {
  /** After that, the set is read again. */
  fresh: 600_000,
  /** So long it is used when it cannot be read again: an outage of the issuer is not ours. */
  usable: 86_400_000,
  /** At most one reading in this time because of an unknown `kid`: anybody can make one up. */
  betweenReadings: 10_000,
  /** The same after a reading that failed. */
  afterFailure: 2_000,
  /** So long a request waits for keys that it can do without. */
  patience: 1_500,
  /** When a reading has not ended by then, it never will: on Workers it ends with the request that began it. */
  reading: 6_000,
}

interface KnownKey {
  readonly jwk: JWK
  readonly alg: string
  key: CryptoKey | Promise<CryptoKey> | undefined
}

interface Reading {
  readonly done: Promise<void>
  /** Milliseconds since the Unix epoch. */
  readonly since: number
}

/** The issuer's keys: read when needed, kept, read again before they are old and when a token names an unknown one. */
export function createIssuerKeys({ readKeys, algorithms, now }: IssuerKeysNeeds): FindKey {
  let keys: ReadonlyMap<string, KnownKey> | undefined
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Reading | undefined
  let attemptedAt = Number.NEGATIVE_INFINITY
  /** Of the last reading that has ended. */
  let failure: { readonly cause: unknown } | undefined

  return (kid, alg) => {
    const known = now() - readAt < keyTimes.fresh ? keys?.get(kid) : undefined
    return known ? keyFor(known, alg) : find(kid, alg)
  }

  async function find(kid: string, alg: string): Promise<CryptoKey | Refusal> {
    const age = now() - readAt
    if (age >= keyTimes.usable) await read(keyTimes.reading)
    // Whoever comes first asks; the others use what there is.
    else if (age >= keyTimes.fresh && !reading) await read(keyTimes.patience)
    if (keys && !keys.has(kid)) await read(keyTimes.reading)
    const known = now() - readAt < keyTimes.usable ? keys?.get(kid) : undefined
    if (known) return keyFor(known, alg)
    // It may be a new key: that the token is wrong is known only when the set was read.
    return failure || reading || !keys
      ? unavailable("the issuer's keys cannot be read", failure?.cause)
      : invalidToken('the access token is signed with an unknown key')
  }

  /** Joins the reading that is under way, or begins one unless the last was a moment ago. */
  async function read(patience: number): Promise<void> {
    if (reading && now() - reading.since >= keyTimes.reading) reading = undefined
    const pause = failure ? keyTimes.afterFailure : keyTimes.betweenReadings
    if (!reading && now() - attemptedAt < pause) return
    reading ??= begin()
    await atMost(patience, reading.done)
  }

  function begin(): Reading {
    attemptedAt = now()
    const started: Reading = { since: attemptedAt, done: readKeys().then(succeed, fail) }
    return started

    function succeed(jwks: readonly unknown[]): void {
      // One that was given up does not replace what was read after it.
      if (readAt > started.since) return
      keys = usableKeys(jwks, algorithms, keys)
      readAt = now()
      end(undefined)
    }
    function fail(cause: unknown): void {
      end({ cause })
    }
    function end(outcome: typeof failure): void {
      if (reading !== started) return
      failure = outcome
      reading = undefined
    }
  }
}

function keyFor(known: KnownKey, alg: string): CryptoKey | Refusal | Promise<CryptoKey | Refusal> {
  if (known.alg !== alg) return invalidToken('the access token is not signed with the algorithm of its key')
  known.key ??= importJWK(known.jwk, known.alg).then(
    (key) => {
      known.key = key as CryptoKey
      return known.key
    },
    (cause) => {
      known.key = undefined
      throw cause
    },
  )
  return known.key instanceof Promise
    ? known.key.catch((cause) => unavailable('a key of the issuer cannot be used', cause))
    : known.key
}

/** Public keys for signatures that have a name and one of our algorithms. Those that have not changed stay imported. */
function usableKeys(
  jwks: readonly unknown[],
  algorithms: readonly string[],
  before: ReadonlyMap<string, KnownKey> | undefined,
): ReadonlyMap<string, KnownKey> {
  const keys = new Map<string, KnownKey>()
  for (const jwk of jwks as readonly (JWK | null)[]) {
    const { kid, alg, use = 'sig', kty } = jwk ?? {}
    const isOurs = typeof kid === 'string' && typeof alg === 'string' && algorithms.includes(alg)
    if (!jwk || !isOurs || use !== 'sig' || kty === 'oct' || keys.has(kid)) continue
    const old = before?.get(kid)
    const isSame = old !== undefined && JSON.stringify(old.jwk) === JSON.stringify(jwk)
    keys.set(kid, isSame ? old : { jwk, alg, key: undefined })
  }
  return keys
}

/** Waits with a timer of its own: on Workers a promise of another request may never settle. */
async function atMost(milliseconds: number, done: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([done, timeout])
  clearTimeout(timer)
}
