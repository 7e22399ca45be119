/**
 * Presets: what a client of a common kind is registered with, so that its owner names the kind and nothing else. They
 * fill in members that a registration leaves out; afterwards every rule for a client's metadata applies as ever.
 */
import type { Fault } from '../../kit/problem.ts'
import type { ClientMetadata, Given } from '../client-metadata.ts'
import type { FrameworkUse } from './frameworks/framework.ts'
import type { PresetName } from './preset-name.ts'

/** What a preset may look at. */
export interface Situation {
  readonly client_name: string
  /** The framework's share, if one was named. */
  readonly use: FrameworkUse | undefined
  /** Origins of the application: of the redirect URIs that were given, else of its development server. */
  readonly origins: readonly string[]
  /** Whether redirect URIs were given. */
  readonly hasRedirectUris: boolean
  /** Whether this server itself runs on loopback, for development. */
  readonly localIssuer: boolean
  /** Scopes of the APIs (`resources`) that were named. */
  readonly apiScopes: readonly string[]
  /** Whether this server may send requests to the address. */
  mayFetch(address: string): boolean
}

/** A variable of an application's environment, by what it says. */
export type VariableRole =
  | 'issuer'
  | 'client_id'
  | 'client_secret'
  | 'session_secret'
  | 'base_url'
  | 'audience'

export interface Preset {
  readonly name: PresetName
  /** What such a client is: completes “for …”. */
  readonly words: string
  /** Port of the development server where no framework says another; none: it has no pages. */
  readonly port?: number
  /** Path of the redirect URI, likewise. */
  readonly callback?: string
  /** Variables that the application reads, in this order. */
  readonly variables: readonly VariableRole[]
  /** Whether the scopes of the APIs that it names are its own: people, or their administrator, decide on each use. */
  readonly takesApiScopes: boolean
  members(situation: Situation): Given
  /** Why the members are as they are, for the document and whoever wonders. */
  readonly reasons: Partial<Record<keyof ClientMetadata, string>>
  /** What must be given with it: without, it could not do anything. */
  needs?(given: Given): readonly Fault[]
  /** What its owner should know or do. */
  notes(metadata: ClientMetadata): readonly string[]
}

/** Scopes of a person, then those of the APIs that were named. */
export const scopeOf = (own: readonly string[], { apiScopes }: Pick<Situation, 'apiScopes'>): string =>
  [...new Set([...own, ...apiScopes])].join(' ')

/** A line for clients whose own `scope` leaves people unknown to them. */
export const noteOnIdentity = ({ scope }: ClientMetadata): readonly string[] =>
  scope.split(' ').includes('openid')
    ? []
    : ['Its scopes lack openid: there is no ID token, so it does not learn who signed in.']

/** A line for clients that ask for no consent. */
export const noteOnConsent = ({ first_party }: ClientMetadata): readonly string[] =>
  first_party ? ['People see no consent page. For an application of somebody else: first_party false.'] : []

/** Why members are as they are in several presets. */
export const sharedReasons = {
  sessionScope: 'no `offline_access`: refreshing ends with the session, wherever that is ended',
  nameAtSignIn: 'the application knows the name and address with the sign-in, without a request to userinfo',
  ownApplication: 'an application of your own asks nobody for consent to itself',
  secretAnywhere: 'not named, so that the secret may be sent in the header or in the body',
} as const
