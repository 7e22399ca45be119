import {
  AuthlyError,
  type DpopKey,
  type Fetch,
  type Nonces,
  type RetryRules,
  requestTokens,
  retryDelay,
  type ServerMetadata,
  type TokenResponse,
} from '@authly-server/core'
import { deadline, sleep } from './waiting.ts'

/** Where the token of a request comes from. */
export interface TokenSource {
  get(): Promise<string>
  /** Another one than `refused`, if there is one. */
  renew(refused: string): Promise<string>
}

export interface ServiceAccount {
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly scope: string | undefined
  /** Parameters that authenticate one request of the client, where no secret does. */
  readonly authenticate: () => Promise<Readonly<Record<string, string>>>
}

export interface ServiceAccountNeeds {
  readonly fetch: Fetch
  readonly discover: () => Promise<ServerMetadata>
  readonly dpop: (() => Promise<{ readonly key: DpopKey; readonly nonces: Nonces }>) | undefined
  readonly timeoutMs: number
  readonly retry: RetryRules
}

interface Cached {
  readonly token: string
  readonly expiresAt: number
  /** From then on a new one is fetched while this one still serves. */
  readonly renewAt: number
}

/**
 * On Workers a request that ends takes its open connections along, and nobody hears of them again: who waits for the
 * token of another request waits this long.
 */
const patienceMs = 5_000
/** A token this close to its end may be refused on the way. */
const marginMs = 5_000

/** Tokens of a service account (RFC 6749 §4.4): one request at a time, ahead of time, whoever asks. */
export function serviceAccountTokens(needs: ServiceAccountNeeds, account: ServiceAccount): TokenSource {
  let cached: Cached | undefined
  let pending: { readonly promise: Promise<string>; readonly since: number } | undefined

  const fetchToken = (): Promise<string> => {
    if (pending && Date.now() - pending.since < patienceMs) return pending.promise
    const askedAt = Date.now()
    const promise = grant(needs, account).then((answer) => {
      const lifetime = answer.expires_in * 1000
      const expiresAt = askedAt + lifetime
      cached = { token: answer.access_token, expiresAt, renewAt: expiresAt - Math.min(60_000, lifetime / 5) }
      return answer.access_token
    })
    const mine = { promise, since: askedAt }
    pending = mine
    const forget = () => {
      if (pending === mine) pending = undefined
    }
    promise.then(forget, forget)
    return promise
  }

  const wait = async (): Promise<string> => {
    if (!pending) return fetchToken()
    const impatience = new AbortController()
    const tooLong = sleep(patienceMs, impatience.signal).then(() => undefined)
    const token = await Promise.race([pending.promise, tooLong]).finally(() => impatience.abort())
    return token ?? fetchToken()
  }

  return {
    async get() {
      const now = Date.now()
      if (!cached || now >= cached.expiresAt - marginMs) return wait()
      // Whoever needs it when this one has ended hears of the failure.
      if (now >= cached.renewAt) void fetchToken().catch(() => undefined)
      return cached.token
    },
    async renew(refused) {
      if (cached && cached.token !== refused) return cached.token
      cached = undefined
      return wait()
    },
  }
}

/** Repeated like a call that does no harm twice: a token that nobody received opens nothing. */
async function grant(needs: ServiceAccountNeeds, account: ServiceAccount): Promise<TokenResponse> {
  for (let attempts = 1; ; attempts++) {
    let response: Response | undefined
    const limit = deadline(needs.timeoutMs, undefined)
    const fetch: Fetch = async (request) => {
      response = await needs.fetch(request, { signal: limit.signal })
      return response
    }
    try {
      const [metadata, dpop, proof] = await Promise.all([
        needs.discover(),
        needs.dpop?.(),
        account.authenticate(),
      ])
      const { clientId, clientSecret, scope } = account
      const parameters = { grant_type: 'client_credentials', scope, ...proof }
      return await requestTokens({ fetch, metadata, clientId, clientSecret, dpop }, parameters)
    } catch (error) {
      const isLost = error instanceof AuthlyError && error.code === 'network_error'
      const delay =
        isLost || response
          ? retryDelay({ attempts, isRepeatable: true, response: isLost ? undefined : response }, needs.retry)
          : undefined
      if (delay === undefined) throw error
      await sleep(delay)
    } finally {
      limit.lift()
    }
  }
}

/** What gives a token; `refused` is the one that the server did not take. */
export type TokenFunction = (context: { readonly refused: string | undefined }) => string | Promise<string>

/** Tokens of the application's own making, such as of a person who has signed in. */
export const ownTokens = (token: TokenFunction): TokenSource => ({
  get: async () => checked(await token({ refused: undefined })),
  renew: async (refused) => checked(await token({ refused })),
})

/** Without the value, which a wrong one may be too. */
function checked(token: unknown): string {
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token))
    throw new TypeError('the token function gave no access token')
  return token
}
