import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { streamQuery, toSubscription } from '../../audit/stream/stream-query.ts'
import { wholeNumberPattern } from '../../kit/patterns.ts'
import { err, ok } from '../../kit/result.ts'
import { defineOperation } from '../operation.ts'
import { invalidRequest, unavailable } from '../problems.ts'

const description = `Server-Sent Events, without an end. Each \`audit\` event is one event of the trail in order of \`position\`, exactly
once; its \`id\` is the position. After a break connect again with \`Last-Event-ID\` (browsers do so by themselves)
or \`after\`: what happened meanwhile comes first.

- \`audit\`: \`data\` is the event as JSON
- a block with nothing but an \`id\`: a sign of life; up to that position nothing was left out. The first one
  comes when what was there has been sent
- \`reset\`: events between \`after\` and \`position\` may be missing (\`reason\`: \`events_removed\` by retention,
  \`unknown_position\`); \`data\` is \`{"reason","after","position"}\`
- \`closed\`: the server ends the stream; \`data.reason\` is \`token_ended\`, \`forbidden\` or \`too_slow\`

Who does not read fast enough gets the rest when there is room again; who reads nothing for a minute is closed.`

const example = `retry: 2000
id: 1042
event: audit
data: {"id":"019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60","position":1042,"type":"user.created","outcome":"success"}

`

export const streamAuditEvents = defineOperation({
  id: 'streamAuditEvents',
  method: 'get',
  path: '/admin/audit/stream',
  tag: 'Audit',
  summary: 'Follow the audit trail live (Server-Sent Events)',
  description,
  permission: 'admin:audit:read',
  headers: {
    'Last-Event-ID': z
      .string()
      .regex(/^\d{0,15}$/)
      .optional()
      .openapi({ description: 'Position of the last event received; wins over `after`', example: '1042' }),
  },
  query: streamQuery,
  answers: {
    200: {
      description: 'The stream',
      content: { 'text/event-stream': z.string().openapi({ example }) },
    },
  },
  async run(call) {
    // Clients that never received an id may send an empty one.
    const lastEventId = call.request.headers.get('last-event-id') || undefined
    if (lastEventId !== undefined && !wholeNumberPattern.test(lastEventId)) {
      return err(invalidRequest([{ header: 'last-event-id', detail: 'must be a position' }]))
    }
    // Refuses callers who may not read the trail; the stream checks again with every page.
    await call.db.run(sql`select 1`)
    const response = await call.deps.openAuditStream(toSubscription(call.query, call, lastEventId), 'sse')
    return response.ok ? ok(response) : err(unavailable)
  },
})
