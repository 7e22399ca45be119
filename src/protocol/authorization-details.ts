/** The `authorization_details` parameter (RFC 9396 §2): what exactly a client asks for, as JSON objects. */
import { err, ok, type Result } from '../kit/result.ts'
import { type OAuthRefusal, refuse } from './refusal.ts'

/** One of them. `type` says what the other members mean. */
export type AuthorizationDetail = { readonly type: string } & Readonly<Record<string, unknown>>

/** The grant and its tokens carry them. */
const maxLength = 4096
const maxDetails = 16
const maxDepth = 8

export const invalidDetails = (description: string): OAuthRefusal =>
  refuse('invalid_authorization_details', description)

/** The objects of the parameter, their types not yet looked at. @returns `[]` when it is absent */
export function parseAuthorizationDetails(
  parameter: string | undefined,
): Result<readonly AuthorizationDetail[], OAuthRefusal> {
  if (parameter === undefined) return ok([])
  if (parameter.length > maxLength) return err(invalidDetails('authorization_details is too long'))
  let details: unknown
  try {
    details = JSON.parse(parameter)
  } catch {
    return err(invalidDetails('authorization_details is not JSON'))
  }
  if (!isDetailList(details)) {
    return err(
      invalidDetails(`authorization_details must be an array of 1 to ${maxDetails} objects with a type`),
    )
  }
  return details.every((detail) => isShallow(detail, maxDepth))
    ? ok(details)
    : err(invalidDetails('authorization_details is nested too deeply'))
}

const isDetailList = (value: unknown): value is readonly AuthorizationDetail[] =>
  Array.isArray(value) && value.length > 0 && value.length <= maxDetails && value.every(isDetail)

const isDetail = (value: unknown): value is AuthorizationDetail =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  typeof (value as { type?: unknown }).type === 'string'

const isShallow = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every((member) => isShallow(member, levels - 1)))

/**
 * Whether each of `asked` is one of `granted`, member for member: what a narrower object would mean only its API knows
 * (RFC 9396 §6.1).
 */
export const areAmong = (
  asked: readonly AuthorizationDetail[],
  granted: readonly AuthorizationDetail[],
): boolean => {
  const known = new Set(granted.map(canonical))
  return asked.every((detail) => known.has(canonical(detail)))
}

/** JSON with the members of objects in one order. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  )
