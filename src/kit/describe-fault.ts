/**
 * Describes why a value is invalid, for the caller: "must be …", in the style of the rules that have a message of
 * their own.
 */
import type { z } from 'zod'

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

const formats: Readonly<Record<string, string>> = {
  datetime: 'a time like 2026-11-23T09:00:00Z',
  date: 'a date like 2026-11-23',
  uuid: 'a UUID',
  url: 'a URL',
  email: 'an e-mail address',
}

const units: Readonly<Record<string, string>> = { string: ' characters', array: ' entries', set: ' entries' }

/**
 * Error map of Zod: for `safeParse(value, { error: describeFault })`. A rule's own message takes precedence;
 * `undefined` leaves Zod's.
 */
export function describeFault(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : mustBe(kinds[issue.expected])
    case 'invalid_value':
      return oneOf(issue.values)
    case 'invalid_union':
      return Array.isArray(issue['options']) ? oneOf(issue['options']) : undefined
    case 'invalid_format':
      return mustBe(formats[issue.format])
    case 'too_small':
      return bound(issue.inclusive === false ? 'more than' : 'at least', issue.minimum, issue.origin)
    case 'too_big':
      return bound(issue.inclusive === false ? 'less than' : 'at most', issue.maximum, issue.origin)
    default:
      return undefined
  }
}

const mustBe = (what: string | undefined) => (what === undefined ? undefined : `must be ${what}`)

const oneOf = (values: readonly unknown[]) =>
  `must be ${values.length > 1 ? 'one of ' : ''}${values.join(', ')}`

function bound(relation: string, limit: number | bigint, origin: string): string {
  const unit = units[origin]
  return unit === undefined ? `must be ${relation} ${limit}` : `must have ${relation} ${limit}${unit}`
}
