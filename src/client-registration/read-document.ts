/** The client that a document describes (draft-ietf-oauth-client-id-metadata-document §4). */
import type { RegisteredClient } from '../clients/client.ts'
import { scopesOf } from '../clients/client-metadata.ts'
import { fingerprintOf } from '../clients/fingerprint.ts'
import type { OpenAccess } from '../clients/limit-unreviewed.ts'
import { columnsOf } from '../clients/metadata-columns.ts'
import type { Profile } from '../clients/profile.ts'
import type { ClientColumns } from '../clients/registrations.ts'
import { parseJsonObject } from '../kit/json-object.ts'
import { isStorable } from '../kit/storable.ts'
import { type RegistrationContext, readRegistration } from './read-registration.ts'

type Rules = Omit<RegistrationContext, 'open' | 'assigned' | 'grantTypes'>

/** What is kept of a document: plain JSON, because it is cached. */
export interface DocumentMetadata {
  readonly columns: ClientColumns
  readonly fingerprint: string
  /** Scopes it names; undefined: it names none, and gets what is open. */
  readonly scopes: readonly string[] | undefined
}

/** §4.1: what is public is no secret. */
const secretMembers = ['client_secret', 'client_secret_expires_at']

/** Documents are written for many servers, so what this one does not know of these lists is left out. */
const grantTypes = ['authorization_code', 'refresh_token']
const responseTypes = ['code']

/**
 * The metadata in `text`, which was found at `address`; undefined when they are not valid, or no one may say so: the
 * document must name its own address, and no secret can be shared with who publishes it.
 */
export async function readDocument(
  text: string,
  address: string,
  rules: Rules,
): Promise<DocumentMetadata | undefined> {
  const said = parseJsonObject(text)
  if (
    !said ||
    said['client_id'] !== address ||
    secretMembers.some((name) => name in said) ||
    !isStorable(said)
  )
    return undefined
  const method = said['token_endpoint_auth_method'] ?? 'none'
  if (method !== 'none' && method !== 'private_key_jwt') return undefined
  const { scope, sector_identifier_uri: _sector, subject_type: _subjects, ...rest } = said
  const metadata = readRegistration(
    {
      ...rest,
      scope: '',
      token_endpoint_auth_method: method,
      grant_types: known(said['grant_types'], grantTypes) ?? grantTypes,
      response_types: known(said['response_types'], responseTypes) ?? responseTypes,
    },
    { ...rules, grantTypes, assigned: undefined, open: { scopes: [], resources: [] } },
  )
  if (!metadata.ok) return undefined
  return {
    columns: columnsOf(metadata.value),
    fingerprint: await fingerprintOf(metadata.value),
    scopes: typeof scope === 'string' ? scopesOf({ scope }) : undefined,
  }
}

const known = (value: unknown, names: readonly string[]): unknown =>
  Array.isArray(value) ? names.filter((name) => value.includes(name)) : value

/** A client as documents describe it, with what is open to everybody. */
export function clientOfDocument(
  address: string,
  { columns, fingerprint, scopes }: DocumentMetadata,
  { open, profile }: { readonly open: OpenAccess; readonly profile: Profile },
): RegisteredClient {
  const {
    default_max_age_seconds,
    client_uri: _uri,
    policy_uri: _policy,
    tos_uri: _terms,
    ...members
  } = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null))
  return {
    ...(members as unknown as RegisteredClient),
    default_max_age_seconds: default_max_age_seconds as number | undefined,
    client_id: address,
    secrets: [],
    subject_type: 'public',
    scopes: scopes?.filter((scope) => open.scopes.includes(scope)) ?? open.scopes,
    resources: open.resources,
    origin: 'document',
    reviewed: false,
    fingerprint,
    profile,
  }
}
