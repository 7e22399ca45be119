import type { AuthorizationTransaction } from './authorization-request.ts'
import type { ServerMetadata } from './discovery.ts'
import { AuthlyError } from './errors.ts'

/**
 * The code of an authorization response, after everything that tells whether it is the answer to `transaction`:
 * nothing else of it is looked at before.
 * @throws AuthlyError `state_mismatch` when no transaction has its `state` (login CSRF, RFC 9700 §4.7),
 * `issuer_mismatch` when another server gave it (mix-up, RFC 9207 §2.4), else the server's own `error`
 */
export function readAuthorizationResponse(
  parameters: URLSearchParams,
  transaction: Pick<AuthorizationTransaction, 'state'> | undefined,
  metadata: ServerMetadata,
): string {
  const one = (name: string): string | undefined => {
    const values = parameters.getAll(name)
    if (values.length > 1)
      throw new AuthlyError('invalid_response', { description: `${name} is there twice` })
    return values[0]
  }
  if (!transaction?.state || one('state') !== transaction.state) throw new AuthlyError('state_mismatch')
  const issuer = one('iss')
  const mustSay = metadata.authorization_response_iss_parameter_supported === true
  if (issuer === undefined ? mustSay : issuer !== metadata.issuer) throw new AuthlyError('issuer_mismatch')
  const error = one('error')
  if (error !== undefined) throw new AuthlyError(error, { description: one('error_description') })
  const code = one('code')
  if (!code) throw new AuthlyError('invalid_response', { description: 'there is no code' })
  return code
}
