import { type Fetch, isSecureAddress } from '@authly-server/core'
import { tokenAlgorithms } from './algorithms.ts'
import type { DpopNonces } from './dpop-nonces.ts'
import { guarded } from './issuer.ts'
import type { ApiVerifierOptions } from './options.ts'
import type { ApiRequest } from './presented-token.ts'
import { metadataUrlOf, type ResourceWords } from './resource-words.ts'
import { rememberProofs, type UsedProofs } from './used-proofs.ts'

/** The options with their defaults, checked. */
export interface Settings {
  readonly issuer: string
  /** At least one; the first is the name of the resource. */
  readonly audience: readonly [string, ...string[]]
  readonly clockToleranceSeconds: number
  readonly algorithms: readonly string[]
  readonly dpop: 'optional' | 'required'
  readonly usedProofs: UsedProofs
  readonly dpopNonces: DpopNonces | undefined
  readonly publicUrl: (request: ApiRequest) => string
  readonly clientCertificate: ApiVerifierOptions['clientCertificate']
  readonly introspection: { readonly clientId: string; readonly clientSecret: string } | undefined
  readonly metadata: ResourceWords
  readonly metadataUrl: string | undefined
  readonly fetch: Fetch
  readonly now: () => number
}

/** @throws TypeError when an option is missing or cannot be */
export function readSettings(options: ApiVerifierOptions): Settings {
  const issuer = options.issuer ?? fromEnvironment('AUTHLY_ISSUER', 'issuer')
  if (!isSecureAddress(issuer)) throw new TypeError('issuer must be an https URL, or http on this machine')
  const audience = audienceOf(options.audience ?? fromEnvironment('AUTHLY_AUDIENCE', 'audience'))
  const { clockToleranceSeconds = 30, algorithms = tokenAlgorithms, now = Date.now } = options
  if (!(clockToleranceSeconds >= 0 && clockToleranceSeconds <= 600))
    throw new TypeError('clockToleranceSeconds must be from 0 to 600')
  if (algorithms.length === 0 || !algorithms.every((alg) => tokenAlgorithms.includes(alg)))
    throw new TypeError(`algorithms must be of ${tokenAlgorithms.join(', ')}`)
  return {
    ...{ issuer, audience, clockToleranceSeconds, algorithms, now },
    dpop: options.dpop ?? 'optional',
    usedProofs: options.usedProofs ?? rememberProofs({ now }),
    dpopNonces: options.dpopNonces,
    publicUrl: publicUrlOf(options.publicUrl),
    clientCertificate: options.clientCertificate,
    introspection: introspectionOf(options.introspection),
    metadata: options.metadata ?? {},
    metadataUrl:
      options.metadataUrl === false ? undefined : (options.metadataUrl ?? metadataUrlOf(audience[0])),
    fetch: guarded(options.fetch ?? ((request, init) => fetch(request, init))),
  }
}

function audienceOf(option: string | readonly string[]): readonly [string, ...string[]] {
  const [first, ...more] = typeof option === 'string' ? [option] : option
  if (first === undefined) throw new TypeError('audience is empty')
  // The first is quoted in the challenge as it is.
  for (const audience of [first, ...more])
    if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(audience))
      throw new TypeError(`${JSON.stringify(audience)} cannot be an audience`)
  return [first, ...more]
}

function introspectionOf(option: ApiVerifierOptions['introspection']): Settings['introspection'] {
  if (option !== true) return option || undefined
  return {
    clientId: fromEnvironment('AUTHLY_CLIENT_ID', 'introspection.clientId'),
    clientSecret: fromEnvironment('AUTHLY_CLIENT_SECRET', 'introspection.clientSecret'),
  }
}

function publicUrlOf(option: ApiVerifierOptions['publicUrl']): Settings['publicUrl'] {
  if (typeof option === 'function') return option
  const address = option ?? environment('AUTHLY_BASE_URL')
  if (!address) return ({ url }) => url
  if (!URL.canParse(address)) throw new TypeError('publicUrl, or AUTHLY_BASE_URL, is no URL')
  const { origin, pathname } = new URL(address)
  const base = origin + (pathname.endsWith('/') ? pathname.slice(0, -1) : pathname)
  // What is no URL is that of no proof.
  return ({ url }) => (URL.canParse(url) ? base + new URL(url).pathname : '')
}

function fromEnvironment(variable: string, option: string): string {
  const value = environment(variable)
  if (!value) throw new TypeError(`the option ${option} is missing, and ${variable} is not set`)
  return value
}

/** Where there is no `process`, the options say everything. */
const environment = (variable: string): string | undefined =>
  (globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } }).process?.env?.[
    variable
  ]
