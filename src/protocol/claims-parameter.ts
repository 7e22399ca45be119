/** The `claims` parameter (OpenID Connect Core §5.5): individual claims requested by name. */
import { err, ok, type Result } from '../kit/result.ts'
import { userClaims } from './claims.ts'

/** The claims a client requested by name (OpenID Connect Core §5.5). */
export interface RequestedClaims {
  readonly userinfo: readonly string[]
  readonly id_token: readonly string[]
}

export interface ParsedClaims extends RequestedClaims {
  /** Acceptable values of `acr`, if it was requested as essential (§5.5.1.1). */
  readonly essential_acr: readonly string[]
  /** The required subject, if the request names one (§5.5.1). */
  readonly sub: string | undefined
}

export const noClaims: ParsedClaims = { userinfo: [], id_token: [], essential_acr: [], sub: undefined }

type Member = { essential?: unknown; value?: unknown; values?: unknown } | null

/** Parses the JSON; unknown claims are ignored, as §5.5 requires. @returns a reason when malformed */
export function parseClaimsParameter(json: string | undefined): Result<ParsedClaims, string> {
  if (json === undefined) return ok(noClaims)
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch {
    return err('claims is not valid JSON')
  }
  if (!isObject(parsed)) return err('claims must be a JSON object')
  const userinfo = parsed['userinfo'] ?? {}
  const idToken = parsed['id_token'] ?? {}
  if (!isObject(userinfo) || !isObject(idToken)) return err('claims members must be JSON objects')
  for (const member of [...Object.values(userinfo), ...Object.values(idToken)]) {
    if (member !== null && !isObject(member)) return err('a claim request must be null or a JSON object')
  }
  const sub = stringsOf(idToken['sub'] as Member)[0] ?? stringsOf(userinfo['sub'] as Member)[0]
  const acr = idToken['acr'] as Member
  return ok({
    userinfo: Object.keys(userinfo).filter((name) => userClaims.has(name)),
    id_token: Object.keys(idToken).filter((name) => userClaims.has(name)),
    essential_acr: acr?.essential === true ? stringsOf(acr) : [],
    sub,
  })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function stringsOf(member: Member | undefined): string[] {
  const values = member?.values ?? (member?.value === undefined ? [] : [member.value])
  return Array.isArray(values) ? values.filter((value): value is string => typeof value === 'string') : []
}
