/**
 * Finds the client that a document describes: isolate memory, the region's replica, then the document itself. Fetches
 * are limited by whoever causes them and by the host they go to, and a failure is remembered, so that nobody can turn
 * this server against another. While a host is out of order, its last copy serves.
 */
import type { RegisteredClient } from '../clients/client.ts'
import type { FindByDocument } from '../clients/find-client.ts'
import { openAccess } from '../clients/limit-unreviewed.ts'
import type { Config } from '../config.ts'
import { type Replica, replicaRetentionMilliseconds } from '../edge-cache/replica.ts'
import { BoundedMap } from '../kit/bounded-map.ts'
import type { Clock } from '../kit/clock.ts'
import { withTimeout } from '../kit/with-timeout.ts'
import type { RateLimiter } from '../rate-limits/rate-limiter.ts'
import type { LoadScopeCatalog } from '../scopes/scope.ts'
import type { ReadSettings } from '../settings/settings.ts'
import { count } from '../telemetry/count.ts'
import { isDocumentAddress } from './document-address.ts'
import { type FetchedDocument, fetchDocument } from './fetch-document.ts'
import { clientOfDocument, type DocumentMetadata } from './read-document.ts'

export interface DocumentNeeds {
  readonly config: Config
  readonly now: Clock
  readonly readSettings: ReadSettings
  readonly loadScopeCatalog: LoadScopeCatalog
  readonly rateLimiter: Pick<RateLimiter, 'take'>
  readonly replica: Replica
  /** Keeps the request alive while the copy is stored. */
  readonly waitUntil: (work: Promise<unknown>) => void
  /** Whoever sends the request. */
  readonly address: () => string | undefined
  /** What is stored about it: once somebody agreed to it, or an administrator reviewed it. */
  readonly findStored: (clientId: string) => Promise<RegisteredClient | undefined>
  /** One per isolate unless given. */
  readonly memory?: Map<string, KnownDocument>
}

export interface KnownDocument {
  /** undefined: there was none that is valid. */
  readonly metadata: DocumentMetadata | undefined
  /** When its host last told this; milliseconds since the Unix epoch. */
  readonly fetched_at: number
  readonly fresh_until: number
}

/** How long a failure is remembered, and a copy used that could not be renewed. */
export const retrySeconds = 60
/** How long the last copy serves while the document cannot be fetched. */
export const staleSeconds = replicaRetentionMilliseconds / 1000
const replicaTimeoutMilliseconds = 2000
const maxKnown = 1000
const known = new BoundedMap<string, KnownDocument>(maxKnown)

export function createFindByDocument(needs: DocumentNeeds): FindByDocument {
  const { config, now, memory = known } = needs
  return async (address, options) => {
    const settings = await needs.readSettings()
    if (settings['client_registration.documents'] !== 'on' || !isDocumentAddress(address, config))
      return undefined
    const document = await lookUp(needs, memory, address, options?.onlyKnown === true, now())
    if (!document) return undefined
    const [catalog, stored] = await Promise.all([needs.loadScopeCatalog(), needs.findStored(address)])
    const client = clientOfDocument(address, document, {
      open: openAccess(catalog),
      profile: settings['client_registration.profile'],
    })
    return stored?.origin === 'document' ? withDecisions(client, stored) : client
  }
}

/** What administrators decided holds for the redirect URIs and keys they saw; being disabled holds for all. */
function withDecisions(client: RegisteredClient, stored: RegisteredClient): RegisteredClient {
  if (!stored.reviewed || stored.fingerprint !== client.fingerprint)
    return { ...client, enabled: stored.enabled }
  return {
    ...stored,
    // The document stays the truth about what the decision was for.
    redirect_uris: client.redirect_uris,
    token_endpoint_auth_method: client.token_endpoint_auth_method,
    jwks: client.jwks,
    jwks_uri: client.jwks_uri,
    scopes: [...new Set([...client.scopes, ...stored.scopes])],
    resources: [...new Set([...client.resources, ...stored.resources])],
    profile: stored.profile ?? client.profile,
  }
}

async function lookUp(
  needs: DocumentNeeds,
  memory: Map<string, KnownDocument>,
  address: string,
  onlyKnown: boolean,
  at: number,
): Promise<DocumentMetadata | undefined> {
  const remembered = memory.get(address)
  if (onlyKnown || (remembered && at < remembered.fresh_until)) return remembered?.metadata
  const copied = await readReplica(needs.replica, address)
  if (copied && at < copied.fresh_until && (!remembered || copied.fetched_at > remembered.fetched_at)) {
    memory.set(address, copied)
    return copied.metadata
  }
  const fetched = (await mayFetch(needs, address))
    ? await fetchDocument(needs.config, address)
    : ({ outcome: 'limited' } satisfies FetchedDocument)
  const last = latest(remembered, copied)
  const isStale =
    (fetched.outcome === 'unreachable' || fetched.outcome === 'limited') &&
    last?.metadata !== undefined &&
    at - last.fetched_at < staleSeconds * 1000
  count('authly_client_documents_total', 1, isStale ? 'stale' : outcomes[fetched.outcome])
  const known: KnownDocument = isStale
    ? { ...(last as KnownDocument), fresh_until: at + retrySeconds * 1000 }
    : fetched.outcome === 'fetched'
      ? { metadata: fetched.metadata, fetched_at: at, fresh_until: at + fetched.freshSeconds * 1000 }
      : {
          metadata: undefined,
          fetched_at: fetched.outcome === 'invalid' ? at : (last?.fetched_at ?? 0),
          fresh_until: at + retrySeconds * 1000,
        }
  // Attack: who has used up their own permits must not make a document unknown to everybody of this isolate.
  if (fetched.outcome !== 'limited' || isStale) memory.set(address, known)
  // Attack: made-up addresses must not fill the replica. So an absence is stored only over a copy that was there.
  const isGone = fetched.outcome === 'invalid' && (remembered?.metadata ?? copied?.metadata) !== undefined
  if (fetched.outcome === 'fetched' || isGone) {
    needs.waitUntil(writeReplica(needs.replica, address, known).catch(() => undefined))
  }
  return known.metadata
}

/** Of what this isolate and its region know. Attack: an older copy would bring back a document that was taken away. */
function latest(
  remembered: KnownDocument | undefined,
  copied: KnownDocument | undefined,
): KnownDocument | undefined {
  if (!remembered || !copied) return remembered ?? copied
  return copied.fetched_at > remembered.fetched_at ? copied : remembered
}

const outcomes = {
  fetched: 'fetched',
  invalid: 'refused',
  unreachable: 'refused',
  limited: 'limited',
} as const

async function mayFetch({ rateLimiter, address }: DocumentNeeds, url: string): Promise<boolean> {
  const byAddress = await rateLimiter.take('client-document-ip', address() ?? 'unknown')
  return byAddress.allowed && (await rateLimiter.take('client-document-host', new URL(url).host)).allowed
}

const replicaKey = (address: string): string => `client-document:${address}`

/** The replica makes cold isolates faster; without it they fetch for themselves. */
async function readReplica(replica: Replica, address: string): Promise<KnownDocument | undefined> {
  try {
    const asked = replica.get(replicaKey(address))
    const entry = await withTimeout(asked, replicaTimeoutMilliseconds, 'the replica')
    return entry && (JSON.parse(entry.value) as KnownDocument)
  } catch {
    return undefined
  }
}

async function writeReplica(replica: Replica, address: string, known: KnownDocument): Promise<void> {
  const { fetched_at } = known
  const entry = { value: JSON.stringify(known), version: fetched_at, loadedAt: fetched_at }
  await replica.put(replicaKey(address), entry)
}
