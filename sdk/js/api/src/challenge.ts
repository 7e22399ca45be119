import { proofAlgorithms } from './algorithms.ts'
import type { Refusal, TokenScheme } from './refusal.ts'
import type { Settings } from './settings.ts'

type ChallengeSettings = Pick<Settings, 'audience' | 'metadataUrl' | 'dpop'>

/**
 * `WWW-Authenticate` (RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3, RFC 9728 §5.1): both schemes, first that of the request,
 * with what is wrong. The order means nothing (RFC 9110 §11.6.1), but there are clients that read the first one alone.
 * @param scheme of the request
 * @param scope what the route demands, for clients that have no token yet
 */
export function challenge(
  settings: ChallengeSettings,
  refusal: Refusal,
  scheme: TokenScheme,
  scope: string,
): string {
  const { code, description, details } = refusal
  const isMissing = code === 'missing_token'
  const told = isMissing
    ? one('scope', scope)
    : { error: code, error_description: description, ...details.attributes }
  const common = {
    realm: settings.audience[0],
    ...one('resource_metadata', settings.metadataUrl),
  }
  const first = settings.dpop === 'required' ? 'DPoP' : (details.scheme ?? scheme)
  const of = (each: TokenScheme) =>
    parameters(each, {
      ...(each === first || isMissing ? told : {}),
      ...(each === 'DPoP' ? { algs: proofAlgorithms.join(' ') } : {}),
      ...common,
    })
  if (settings.dpop === 'required') return of('DPoP')
  return first === 'DPoP' ? `${of('DPoP')}, ${of('Bearer')}` : `${of('Bearer')}, ${of('DPoP')}`
}

/** @param values printable, without quotes and backslashes */
const parameters = (scheme: TokenScheme, values: Readonly<Record<string, string>>): string =>
  `${scheme} ${Object.entries(values)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`

const one = (name: string, value: string | undefined): Readonly<Record<string, string>> =>
  value ? { [name]: value } : {}
