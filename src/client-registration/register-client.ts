/** Registers a client (RFC 7591 §3). Two round trips with an initial access token, one without. */
import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import { clientCacheKey } from '../clients/find-client.ts'
import { fingerprintOf } from '../clients/fingerprint.ts'
import { columnsOf } from '../clients/metadata-columns.ts'
import type { InitialAccessToken, RegistrationStore } from '../clients/registrations.ts'
import { wantedKeys } from '../clients/wanted-keys.ts'
import { renewCache } from '../edge-cache/renew-cache.ts'
import { sha256 } from '../kit/hash.ts'
import { randomToken } from '../kit/ids.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { tooManyRequests } from '../oauth/too-many-requests.ts'
import { type OAuthRefusal, refuse } from '../protocol/refusal.ts'
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts'
import { count } from '../telemetry/count.ts'
import { readRegistration, type Said } from './read-registration.ts'
import { registrationAnswer } from './registration-answer.ts'
import {
  type RegistrationNeeds,
  readOpenAccess,
  secretFor,
  withoutIdleSector,
  withSector,
} from './registration-needs.ts'

export interface RegisterInput {
  readonly mode: 'initial_access_token' | 'open'
  /** The initial access token; `''`: one that is malformed. */
  readonly bearer: string | undefined
  readonly said: Said
  readonly origin: Origin
}

/**
 * The registration, with its secrets, which are shown in this answer only. The caller has charged the address.
 */
export async function registerClient(
  needs: RegistrationNeeds,
  { mode, bearer, said, origin }: RegisterInput,
): Promise<Result<Readonly<Record<string, unknown>>, OAuthRefusal>> {
  const store = await needs.openRegistrations()
  const admitted = await admit(needs, store, mode, bearer)
  if (!admitted.ok) return refusedWith(admitted.error)
  const { profile, tokenHash, tokenId } = admitted.value
  const open = await readOpenAccess(needs)
  const metadata = readRegistration(withoutIdleSector(said), {
    ...needs.config,
    assigned: profile,
    open,
    // Attack: anybody gets tokens of their own for the APIs that are open to people's applications.
    grantTypes: [
      'authorization_code',
      'refresh_token',
      ...(tokenId === undefined ? [] : ['client_credentials']),
    ],
  })
  if (!metadata.ok) return refusedWith(metadata.error)
  const sector = await withSector(needs.config, said, metadata.value)
  if (!sector.ok) return refusedWith(sector.error)
  const now = needs.now()
  const client_id = `app-${randomToken(16)}`
  const registrationAccessToken = `authly_reg_${randomToken(32)}`
  const secret = await secretFor(metadata.value, now)
  const registered = await store.register({
    columns: {
      client_id,
      ...columnsOf(metadata.value),
      resources: open.resources,
      sector_identifier: sector.value,
      origin: 'registration',
      registration_token_hash: await sha256(registrationAccessToken),
      fingerprint: await fingerprintOf(metadata.value),
    },
    secret: secret?.stored,
    initialAccessTokenHash: tokenHash,
    event: createEvent('client.registered', now, origin, {
      ...{ outcome: 'success', actor_type: 'anonymous', client_id },
      ...{ entity_type: 'client', entity_id: client_id },
      data: { profile: profile ?? null, initial_access_token_id: tokenId ?? null },
    }),
  })
  // Somebody else took its last use meanwhile.
  if (!registered) return refusedWith(invalidToken)
  await renewCache(needs.edgeCache, clientCacheKey(client_id), registered.loaded)
  await needs.keyring.provide(wantedKeys(metadata.value))
  count('authly_client_registrations_total', 1, 'registered')
  return ok(registrationAnswer(needs.config.issuer, registered.row, registrationAccessToken, secret?.secret))
}

function refusedWith(refusal: OAuthRefusal): Result<never, OAuthRefusal> {
  count('authly_client_registrations_total', 1, refusal.status === 429 ? 'limited' : 'refused')
  return err(refusal)
}

interface Admitted {
  readonly profile: InitialAccessToken['profile']
  readonly tokenHash?: string
  readonly tokenId?: string
}

async function admit(
  needs: RegistrationNeeds,
  store: RegistrationStore,
  mode: RegisterInput['mode'],
  bearer: string | undefined,
): Promise<Result<Admitted, OAuthRefusal>> {
  if (bearer !== undefined) {
    const tokenHash = await sha256(bearer)
    const token = bearer === '' ? undefined : await store.findInitialAccessToken(tokenHash)
    return token ? ok({ profile: token.profile, tokenHash, tokenId: token.id }) : err(invalidToken)
  }
  if (mode === 'initial_access_token') return err(tokenMissing)
  const taken = await needs.rateLimiter.take('client-registration', 'all')
  if (!taken.allowed) return err(tooManyRequests(rateLimitHeaders(taken)))
  return ok({ profile: (await needs.readSettings())['client_registration.profile'] })
}

/** Unknown, expired and spent look the same. */
export const invalidToken: OAuthRefusal = refuse('invalid_token', 'the token is not valid here', {
  status: 401,
  challenge: 'Bearer realm="authly", error="invalid_token"',
})

/** RFC 6750 §3: without any token the challenge carries no error code. */
const tokenMissing: OAuthRefusal = refuse('invalid_token', 'an initial access token is required', {
  status: 401,
  challenge: 'Bearer realm="authly"',
})
