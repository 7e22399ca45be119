/** Clients that registered themselves (RFC 7591, RFC 7592), or that their document describes: the port to Postgres. */
import type { AuditEvent, Origin } from '../audit/event.ts'
import type { Loaded } from '../edge-cache/cached-lookup.ts'
import type { RegisteredClient } from './client.ts'
import type { Profile } from './profile.ts'

/** Columns of `clients` by name. */
export type ClientColumns = Readonly<Record<string, unknown>>

/** A stored registration. */
export interface StoredRegistration {
  readonly client_id: string
  readonly version: number
  readonly created_at: Date
  readonly registration_token_hash: string | null
  readonly fingerprint: string | null
  readonly token_endpoint_auth_method: string
  readonly scopes: readonly string[]
  readonly default_max_age_seconds: number | null
}

/** A secret that is stored with a client. */
export interface StoredSecret {
  readonly id: string
  readonly secret_hash: string
}

export interface Registered {
  readonly row: StoredRegistration
  /** For the edge cache. */
  readonly loaded: Loaded<RegisteredClient> | undefined
}

export interface InitialAccessToken {
  readonly id: string
  readonly profile: Profile | undefined
}

export interface RegistrationStore {
  /** A token that still has uses left, by its hash. */
  findInitialAccessToken(hash: string): Promise<InitialAccessToken | undefined>
  /**
   * Inserts the client, its secret and the event, and spends one use of the initial access token, all or nothing.
   * @returns undefined when the token has no use left
   */
  register(input: {
    readonly columns: ClientColumns
    readonly secret: StoredSecret | undefined
    readonly initialAccessTokenHash: string | undefined
    readonly event: AuditEvent
  }): Promise<Registered | undefined>
  /** An enabled client that registered itself. */
  find(clientId: string): Promise<StoredRegistration | undefined>
  /** Whether this is the hash of a secret that the client has now. */
  hasSecret(clientId: string, hash: string): Promise<boolean>
  /**
   * Replaces columns of this version of the client.
   * @param secrets `keep`, `none`, or the one it gets
   * @returns undefined when it is another version, or gone
   */
  replace(input: {
    readonly clientId: string
    readonly version: number
    readonly columns: ClientColumns
    readonly secrets: 'keep' | 'none' | StoredSecret
    readonly event: AuditEvent
  }): Promise<Registered | undefined>
  /** Deletes the client with what belongs to it. */
  delete(clientId: string, event: AuditEvent): Promise<void>
  /** Stores what a document says, so that consents can refer to it. A change takes the review back. */
  keepDocument(input: {
    readonly columns: ClientColumns
    readonly registered: AuditEvent
    readonly changed: AuditEvent
  }): Promise<Loaded<RegisteredClient> | undefined>
}

/** Stores a client that its document describes, at the consent of this person. */
export type KeepDescribedClient = (client: RegisteredClient, userId: string, origin: Origin) => Promise<void>

export type OpenRegistrations = () => Promise<RegistrationStore>
