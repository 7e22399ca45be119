/** What the authorization request of a login in progress demands of the sign-in. */
import type { RequestDemands } from '../authentication/sign-in-policy.ts'
import type { Client } from '../clients/client.ts'
import type { Interaction } from '../interaction/interaction.ts'
import { parseAcrValues } from '../protocol/acr-values-parameter.ts'
import { noClaims, parseClaimsParameter } from '../protocol/claims-parameter.ts'
import { parseParameters } from '../protocol/parameters.ts'

/** The request was validated when the interaction began. */
export function demandsOf(
  { parameters: encoded }: Pick<Interaction, 'parameters'>,
  client: Pick<Client, 'default_max_age_seconds'> | undefined,
): RequestDemands | undefined {
  const parsed = parseParameters(encoded)
  if (!parsed.ok) return undefined
  const parameters = parsed.value
  const claims = parseClaimsParameter(parameters.get('claims'))
  const words = (name: string) => (parameters.get(name) ?? '').split(' ')
  return {
    acr_values: parseAcrValues(parameters.get('acr_values')),
    essential_acr: (claims.ok ? claims.value : noClaims).essential_acr,
    scopes: words('scope'),
    asks_anew:
      words('prompt').includes('login') ||
      (parameters.get('max_age') ?? client?.default_max_age_seconds) !== undefined,
  }
}
