/** The filters of the trail, shared by lists, searches and exports. */
import { z } from '@hono/zod-openapi'
import { timestampInput } from '../../kit/field-schemas.ts'
import { parseIpRange } from '../../kit/ip-range.ts'
import { auditEventTypes } from '../event-types.ts'
import { families, id, listOf } from '../stream/stream-query.ts'

export const eventFilterFields = {
  types: listOf(auditEventTypes, 'event types', 'user.created,user.deleted'),
  families: listOf(families, 'event families', 'user,client'),
  outcome: z.enum(['success', 'failure']).optional().describe('Only events that ended so'),
  actor_type: z
    .enum(['user', 'client', 'system', 'anonymous'])
    .optional()
    .describe('Only what actors of this kind did'),
  actor_id: id('Only what this person or client did'),
  user_id: id('Only events about this person'),
  client_id: id('Only events of this client'),
  entity_type: id('Only events about things of this kind: `user`, `client`, `role` …'),
  entity_id: id('Only events about the thing of this id'),
  session_id: id('Only events of this session'),
  request_id: id('Only events of this request'),
  ip: z
    .string()
    .max(64)
    .refine((text) => parseIpRange(text) !== undefined, { message: 'must be an address or a CIDR range' })
    .optional()
    .meta({ description: 'Only from this address or CIDR range', example: '192.0.2.0/24' }),
  from: timestampInput('Only what happened then or later').optional(),
  to: timestampInput('Only what happened before').optional(),
}

export const eventFilter = z.object(eventFilterFields)
export type EventFilter = z.output<typeof eventFilter>

const arrayOf = (known: readonly string[], description: string, example: string) =>
  z
    .array(z.enum(known as readonly [string, ...string[]]))
    .min(1)
    .max(50)
    .optional()
    .openapi({ description, example: [example] })

/** The same in a JSON body, where lists are arrays. */
export const filterBody = z.strictObject({
  ...eventFilterFields,
  types: arrayOf(auditEventTypes, 'Only these event types', 'user.created'),
  families: arrayOf(families, 'Only these event families', 'user'),
})

/** Search text: ids, names, addresses, browsers, changed values. */
export const searchText = id('')
  .unwrap()
  .refine((text) => text.trim() !== '', { message: 'must hold a search term' })
  .meta({
    description:
      'Search terms that all must occur, in any field, in upper or lower case; at most eight. Quotes keep words together. An id or an e-mail address is one term.',
    example: 'anna@example.org',
  })
