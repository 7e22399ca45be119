/** Rich authorization requests (RFC 9396): which details a client may ask for, and which of them a token carries. */
import type { Client } from '../clients/client.ts'
import { err, ok, type Result } from '../kit/result.ts'
import {
  type AuthorizationDetail,
  areAmong,
  invalidDetails,
  parseAuthorizationDetails,
} from '../protocol/authorization-details.ts'
import type { Parameters } from '../protocol/parameters.ts'
import type { OAuthRefusal } from '../protocol/refusal.ts'
import type { AuthorizationDetailsType, LoadScopeCatalog, ScopeCatalog } from '../scopes/scope.ts'

export interface AskedDetails {
  readonly authorization_details: readonly AuthorizationDetail[]
  /** The APIs they are about. */
  readonly details_resources: readonly string[]
}

const none: AskedDetails = { authorization_details: [], details_resources: [] }

/** The requested details: of types the client is registered for, and of the shape of their types (§5). */
export async function checkAuthorizationDetails(
  needs: { readonly loadScopeCatalog: LoadScopeCatalog },
  parameters: Parameters,
  client: Client,
): Promise<Result<AskedDetails, OAuthRefusal>> {
  const parsed = parseAuthorizationDetails(parameters.get('authorization_details'))
  if (!parsed.ok) return parsed
  if (parsed.value.length === 0) return ok(none)
  const [{ detailFault }, catalog] = await Promise.all([
    import('../scopes/details-schema.ts'),
    needs.loadScopeCatalog(),
  ])
  const resources = new Set<string>()
  for (const [index, detail] of parsed.value.entries()) {
    const type = typeOf(catalog, detail)
    // A type of somebody else looks like one that does not exist.
    if (!type || !mayAsk(client, type)) {
      return err(invalidDetails(`authorization_details[${index}].type is not one this client may ask for`))
    }
    const fault = detailFault(type, detail)
    if (fault !== undefined)
      return err(invalidDetails(`authorization_details[${index}]: ${printable(fault)}`))
    resources.add(type.resource)
  }
  return ok({ authorization_details: parsed.value, details_resources: [...resources] })
}

/**
 * The details of one token: those of `granted` that were named this time, else all, of types that the client may still
 * ask for and whose API is in the audience (§7).
 */
export function detailsFor(
  granted: readonly AuthorizationDetail[],
  named: readonly AuthorizationDetail[],
  { client, audience, catalog }: TokenTarget,
): readonly AuthorizationDetail[] {
  if (granted.length === 0 || !catalog) return []
  return (named.length > 0 ? named : granted).filter((detail) => {
    const type = typeOf(catalog, detail)
    return type !== undefined && mayAsk(client, type) && audience.includes(type.resource)
  })
}

export interface TokenTarget {
  readonly client: Client
  readonly audience: readonly string[]
  readonly catalog: ScopeCatalog | undefined
}

/** Details named at the token endpoint, within those of the grant (§6). */
export function checkNarrowedDetails(
  parameters: Parameters,
  granted: readonly AuthorizationDetail[],
): Result<readonly AuthorizationDetail[], OAuthRefusal> {
  const named = parseAuthorizationDetails(parameters.get('authorization_details'))
  if (!named.ok) return named
  return areAmong(named.value, granted)
    ? named
    : err(invalidDetails('authorization_details exceeds what was granted'))
}

const mayAsk = (client: Client, { type, resource }: AuthorizationDetailsType): boolean =>
  client.authorization_details_types.includes(type) && client.resources.includes(resource)

const typeOf = (catalog: ScopeCatalog, { type }: AuthorizationDetail): AuthorizationDetailsType | undefined =>
  catalog.authorization_details_types?.find((known) => known.type === type)

/** A location in a detail, whose members the client has named, made safe for `error_description`. */
const printable = (text: string): string => text.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?').slice(0, 200)
