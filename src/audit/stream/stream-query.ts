/** The parameters of both live streams, and how a request becomes a subscription. */

import { z } from 'zod'
import { type LastingAuthorization, narrow } from '../../access/authorized.ts'
import { wholeNumberPattern } from '../../kit/patterns.ts'
import { auditEventTypes } from '../event.ts'
import type { Subscription } from './subscription.ts'

const most = 50
/** More values than that are no help in an error. */
const mostNamed = 30
export const families = [...new Set(auditEventTypes.map((type) => type.slice(0, type.indexOf('.'))))]

/** Comma-separated values of a closed list. */
export const listOf = (known: readonly string[], what: string, example: string) =>
  z
    .string()
    .max(2000)
    .transform((text) => text.split(','))
    .refine((values) => values.length <= most && values.every((value) => known.includes(value)), {
      message: `must be ${what}, separated by commas${known.length <= mostNamed ? `: ${known.join(', ')}` : ''}`,
    })
    .optional()
    .meta({
      ...{ type: 'string', description: `Only these ${what}, separated by commas`, example },
      'x-authly-list': { separator: ',', values: known },
    })

/** Text without control characters: Postgres stores no NUL. */
export const id = (description: string) =>
  z
    .string()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused; \p{Cc} needs a flag, and JSON Schema has none
    .regex(/^[^\x00-\x1f\x7f-\x9f]{1,200}$/)
    .optional()
    .describe(description)

export const streamQuery = z.object({
  types: listOf(auditEventTypes, 'event types', 'user.created,user.deleted'),
  families: listOf(families, 'event families', 'user,client'),
  user_id: id('Only events about this person'),
  actor_id: id('Only what this person or client did'),
  client_id: id('Only events of this client'),
  outcome: z.enum(['success', 'failure']).optional().describe('Only events that ended so'),
  after: z.string().regex(wholeNumberPattern, 'must be a position').optional().meta({
    description: 'Position of the last event already known: what came since is sent first',
    example: '1042',
  }),
})

/** @param lastEventId from an SSE client that reconnects; newer than the `after` of its URL */
export function toSubscription(
  query: z.output<typeof streamQuery>,
  { authorized, token }: LastingAuthorization,
  lastEventId?: string,
): Subscription {
  const { after, ...filter } = query
  const position = lastEventId ?? after
  return {
    ...{ authorized: narrow(authorized), token, filter },
    after: position === undefined ? undefined : Number(position),
  }
}
