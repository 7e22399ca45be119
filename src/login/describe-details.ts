/**
 * Authorization details (RFC 9396) in words: the line of their type, and every other member as it is. Nothing is left
 * out: what a person does not see, they do not allow.
 */
import { isolated } from '../messages/isolated.ts'
import type { AuthorizationDetail } from '../protocol/authorization-details.ts'
import type { ScopeCatalog } from '../scopes/scope.ts'

export interface DetailDescription {
  /** Values in it are isolated; it needs a direction of its own. */
  readonly title: string
  readonly members: readonly { readonly name: string; readonly value: string }[]
}

/** One entry for each detail, in their order. */
export function describeDetails(
  details: readonly AuthorizationDetail[],
  catalog: ScopeCatalog,
): readonly DetailDescription[] {
  return details.map((detail) => {
    const known = catalog.authorization_details_types?.find(({ type }) => type === detail.type)
    const { type, ...members } = detail
    const leaves = leavesOf(members)
    const said = new Set<string>()
    const title = (known?.description ?? isolated(type)).replaceAll(placeholder, (whole, name: string) => {
      const value = leaves.get(name)
      if (value === undefined) return whole
      said.add(name)
      return isolated(value)
    })
    return {
      title,
      members: [...leaves].flatMap(([name, value]) =>
        said.has(name) ? [] : [{ name: isolated(name), value: isolated(value) }],
      ),
    }
  })
}

/** `{creditorName}`, `{instructedAmount.amount}`, `{accounts.0}`. */
const placeholder = /\{([^{}]{1,100})\}/g

/** Values by their path, members joined by dots. */
function leavesOf(value: unknown, path?: string, found = new Map<string, string>()): Map<string, string> {
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : []
  for (const [name, member] of members) {
    const step = stepOf(name)
    leavesOf(member, path === undefined ? step : `${path}.${step}`, found)
  }
  if (members.length === 0 && path !== undefined) {
    found.set(path, typeof value === 'string' ? value : JSON.stringify(value))
  }
  return found
}

/**
 * Attack: a member named `amount.value`, or one without a name, is shown in the place of the amount that is granted. So no
 * two members have the same path: a name that could be read otherwise stands in quotes, which no placeholder needs.
 */
const stepOf = (name: string): string =>
  /^(?!\s)[^."\p{Cc}\p{Cf}]+(?<!\s)$/u.test(name) ? name : JSON.stringify(name)
