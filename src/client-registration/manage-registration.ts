/**
 * A client reads, changes and deletes its own registration (RFC 7592), with the token it got when it registered. The
 * token stays the same for its life: a client that lost the answer to a change would be locked out otherwise.
 */
import { createEvent } from '../audit/create-event.ts'
import type { AuditEventType, Origin } from '../audit/event.ts'
import { isSameIn } from '../clients/compare-metadata.ts'
import { clientCacheKey } from '../clients/find-client.ts'
import { fingerprintOf } from '../clients/fingerprint.ts'
import { columnsOf, metadataOf } from '../clients/metadata-columns.ts'
import type { RegistrationStore, StoredRegistration } from '../clients/registrations.ts'
import { wantedKeys } from '../clients/wanted-keys.ts'
import { renewCache } from '../edge-cache/renew-cache.ts'
import { constantTimeEqual, sha256 } from '../kit/hash.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { usesSecret } from '../protocol/client-auth-methods.ts'
import { invalidRequest, type OAuthRefusal, temporarilyUnavailable } from '../protocol/refusal.ts'
import { keptOf, readRegistration, refused, type Said } from './read-registration.ts'
import { invalidToken } from './register-client.ts'
import { registrableMembers } from './registrable-members.ts'
import { registrationAnswer } from './registration-answer.ts'
import {
  type RegistrationNeeds,
  readOpenAccess,
  secretFor,
  withoutIdleSector,
  withSector,
} from './registration-needs.ts'

export interface Holder {
  readonly clientId: string
  readonly bearer: string | undefined
  readonly origin: Origin
}

type Answer = Result<Readonly<Record<string, unknown>>, OAuthRefusal>

export async function readOwnRegistration(needs: RegistrationNeeds, holder: Holder): Promise<Answer> {
  const found = await open(needs, holder)
  if (!found.ok) return found
  const { row, bearer } = found.value
  return ok(registrationAnswer(needs.config.issuer, row, bearer, undefined))
}

export async function deleteOwnRegistration(
  needs: RegistrationNeeds,
  holder: Holder,
): Promise<Result<undefined, OAuthRefusal>> {
  const found = await open(needs, holder)
  if (!found.ok) return found
  const { store, row } = found.value
  await store.delete(row.client_id, eventOf(needs, holder, 'client.deleted'))
  await renewCache(needs.edgeCache, clientCacheKey(row.client_id), undefined)
  return ok(undefined)
}

/** Members that a request to change a registration must not have (RFC 7592 §2.2). */
const unwanted = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
] as const

/** Replaces what the client said of itself: what is left out gets its default. Whatever changes takes the review back. */
export async function replaceOwnRegistration(
  needs: RegistrationNeeds,
  holder: Holder,
  said: Said,
): Promise<Answer> {
  const found = await open(needs, holder)
  if (!found.ok) return found
  const { store, row, bearer } = found.value
  const extra = unwanted.find((name) => Object.hasOwn(said, name))
  if (extra !== undefined) return err(invalidRequest(`${extra} must not be sent (RFC 7592 §2.2)`))
  if (said['client_id'] !== row.client_id)
    return err(refused(['client_id'], 'must be that of the registration'))
  if (!(await namesOwnSecret(store, row.client_id, said['client_secret'])))
    return err(refused(['client_secret'], 'must be the current one, or be left out'))
  const before = metadataOf(row)
  const metadata = readRegistration(
    withoutIdleSector(said),
    {
      ...needs.config,
      assigned: before.profile ?? undefined,
      open: await readOpenAccess(needs),
      // What it was admitted with: only a token admits client_credentials.
      grantTypes: ['authorization_code', 'refresh_token', ...before.grant_types],
    },
    { ...keptOf(before), token_endpoint_auth_method_named: said['token_endpoint_auth_method'] != null },
  )
  if (!metadata.ok) return metadata
  const after = metadata.value
  if (isSameIn(registrableMembers, after, before))
    return ok(registrationAnswer(needs.config.issuer, row, bearer, undefined))
  const sector = await withSector(needs.config, said, after)
  if (!sector.ok) return sector
  const hadSecret = usesSecret(before.token_endpoint_auth_method)
  const secret = hadSecret ? undefined : await secretFor(after, needs.now())
  const keepsSecret = hadSecret && usesSecret(after.token_endpoint_auth_method)
  const replaced = await store.replace({
    clientId: row.client_id,
    version: row.version,
    columns: {
      ...columnsOf(after),
      sector_identifier: sector.value,
      fingerprint: await fingerprintOf(after),
    },
    secrets: secret ? secret.stored : keepsSecret ? 'keep' : 'none',
    event: eventOf(needs, holder, 'client.updated'),
  })
  if (!replaced) return err(temporarilyUnavailable('the registration was changed meanwhile'))
  await renewCache(needs.edgeCache, clientCacheKey(row.client_id), replaced.loaded)
  await needs.keyring.provide(wantedKeys(after))
  return ok(registrationAnswer(needs.config.issuer, replaced.row, bearer, secret?.secret))
}

/** RFC 7592 §2.2: nobody chooses a secret, and who names another one than is stored works with an old registration. */
const namesOwnSecret = async (
  store: RegistrationStore,
  clientId: string,
  secret: unknown,
): Promise<boolean> =>
  secret == null || (typeof secret === 'string' && store.hasSecret(clientId, await sha256(secret)))

interface Opened {
  readonly store: RegistrationStore
  readonly row: StoredRegistration
  readonly bearer: string
}

/** Attack: the token of one client opens another's registration. An unknown client and a foreign token look the same. */
async function open(
  needs: RegistrationNeeds,
  { clientId, bearer }: Holder,
): Promise<Result<Opened, OAuthRefusal>> {
  if (bearer === undefined || bearer === '') return err(invalidToken)
  const store = await needs.openRegistrations()
  const [row, hash] = await Promise.all([store.find(clientId), sha256(bearer)])
  return row && constantTimeEqual(hash, row.registration_token_hash ?? '')
    ? ok({ store, row, bearer })
    : err(invalidToken)
}

const eventOf = ({ now }: RegistrationNeeds, { clientId, origin }: Holder, type: AuditEventType) =>
  createEvent(type, now(), origin, {
    ...{ outcome: 'success', actor_type: 'client', actor_id: clientId, client_id: clientId },
    ...{ entity_type: 'client', entity_id: clientId },
  })
