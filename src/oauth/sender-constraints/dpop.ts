/**
 * DPoP (RFC 9449): the client signs a proof for every request with a key of its own. What checks it is loaded with the
 * first proof (docs/decisions/0040).
 */
import type { SenderConstraint } from './define-constraint.ts'

export const dpop: SenderConstraint = {
  member: 'jkt',
  tokenType: 'DPoP',
  isAsked: (request, client) => client.dpop_bound_access_tokens || request.headers.has('dpop'),
  async prove(needs, asked) {
    const { proveDpop } = await import('./dpop-proof.ts')
    return proveDpop(needs, asked)
  },
}
