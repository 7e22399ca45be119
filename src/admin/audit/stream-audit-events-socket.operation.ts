import { sql } from 'drizzle-orm'
import { streamQuery, toSubscription } from '../../audit/stream/stream-query.ts'
import { err, ok } from '../../kit/result.ts'
import { defineOperation } from '../operation.ts'
import { unavailable } from '../problems.ts'
import { acceptSocket, checkUpgrade } from '../web-socket-answer.ts'

const description = `The same stream as \`/admin/audit/stream\`, as JSON text messages over a WebSocket (RFC 6455). A browser sends its
token as a subprotocol: \`new WebSocket(url, ['authly.bearer', token])\`.

The server sends
- \`{"kind":"event","position":1042,"event":{…}}\`
- \`{"kind":"heartbeat","position":1042}\`: up to there nothing was left out
- \`{"kind":"reset","reason":"events_removed"|"unknown_position","after":7,"position":1042}\`
- \`{"kind":"closed","reason":…}\`, followed by a close code: 4400 \`bad_message\`, 4401 \`token_ended\`,
  4403 \`forbidden\`, 4408 \`too_slow\`

The client sends \`{"kind":"ack","position":1042}\` for what it has dealt with. At most 256 events are on their way
without it; who acknowledges nothing for a minute then is closed. The text \`ping\` is answered with \`pong\`.`

export const streamAuditEventsSocket = defineOperation({
  id: 'streamAuditEventsSocket',
  method: 'get',
  path: '/admin/audit/stream/ws',
  tag: 'Audit',
  summary: 'Follow the audit trail live (WebSocket)',
  description,
  permission: 'admin:audit:read',
  upgrade: true,
  query: streamQuery,
  answers: { 101: { description: 'The connection is a WebSocket now' } },
  problems: { 426: 'The request does not ask for a WebSocket' },
  async run(call) {
    // Refuses callers who may not read the trail; the stream checks again with every page.
    await call.db.run(sql`select 1`)
    const upgrade = checkUpgrade(call.request)
    if (!upgrade.ok) return upgrade
    const response = await call.deps.openAuditStream(toSubscription(call.query, call), 'websocket')
    if (!response.webSocket) return err(unavailable)
    return ok(acceptSocket(call.request, response.webSocket))
  },
})
