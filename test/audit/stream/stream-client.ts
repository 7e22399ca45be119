/** Subscribers of the live stream for tests, and writers whose transactions stay open for as long as a test wants. */
import { env } from 'cloudflare:test'
import { Client } from '@neondatabase/serverless'
import { sql } from 'drizzle-orm'
import { authorize } from '../../../src/access/authorize-actor.ts'
import type { Authorized } from '../../../src/access/authorized.ts'
import { createEvent } from '../../../src/audit/create-event.ts'
import type { AuditEvent, AuditEventType } from '../../../src/audit/event.ts'
import { insertEvents } from '../../../src/audit/insert-events.store.ts'
import { createOpenAuditStream } from '../../../src/audit/stream/open-audit-stream.object.ts'
import type { Subscription } from '../../../src/audit/stream/subscription.ts'
import { configOf } from '../../../src/config.ts'
import { clients, users } from '../../../src/db/schema.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { database } from '../delivered-events.ts'

const config = configOf(env)

/** A stream of its own for each test: objects are named by region. */
export const newRegion = (): string => `test-${uuidv7()}`

export const streamOf = (region: string) => env.AUDIT_STREAM.getByName(region)

/** A person who may read the trail, and a client of the same id by which they do. */
export async function addAuditor(): Promise<string> {
  const id = uuidv7()
  await database()
    .insert(clients)
    .values({
      ...{ client_id: id, client_name: 'Reader', token_endpoint_auth_method: 'none' },
      ...{ grant_types: ['authorization_code'], scopes: ['admin:audit:read'] },
    })
  await database()
    .insert(users)
    .values({ id, username: id, roles: ['auditor'] })
  return id
}

type Options = Partial<Omit<Subscription, 'authorized'>> & {
  readonly auditor: string
  readonly region: string
}

function subscriptionOf({ auditor, filter = {}, after, token }: Options): Subscription {
  const caller = { type: 'user', id: auditor, clientId: auditor, scopes: ['admin:audit:read'] } as const
  return {
    authorized: authorize(caller, 'admin:audit:read') as Authorized,
    token: token ?? {
      ...{ subject: `client:${auditor}`, grantId: undefined, jtiHash: auditor },
      expiresAtSeconds: Math.floor(Date.now() / 1000) + 600,
    },
    filter,
    after,
  }
}

const open = (options: Options, transport: 'sse' | 'websocket') =>
  createOpenAuditStream(env.AUDIT_STREAM, { ...config, region: options.region })(
    subscriptionOf(options),
    transport,
  )

export type Received =
  | { readonly kind: 'event'; readonly position: number; readonly event: { readonly id: string } }
  | { readonly kind: 'heartbeat' | 'reset' | 'closed'; readonly position: number; readonly reason: string }

/** A WebSocket subscriber that notes what it gets; it acknowledges at once unless it is told to be slow. */
export async function openSocket(options: Options & { readonly slow?: boolean }) {
  const response = await open(options, 'websocket')
  const socket = response.webSocket
  if (!socket) throw new Error(`status ${response.status}`)
  const messages: Received[] = []
  const closed: { code: number }[] = []
  socket.addEventListener('message', ({ data }) => {
    if (data === 'pong') return
    const message = JSON.parse(data as string) as Received
    messages.push(message)
    if (message.kind === 'event' && !options.slow) acknowledge(message.position)
  })
  socket.addEventListener('close', ({ code }) => void closed.push({ code }))
  socket.accept()
  const acknowledge = (position: number) => socket.send(JSON.stringify({ kind: 'ack', position }))
  return {
    socket,
    messages,
    closed,
    acknowledge,
    ids: () => messages.flatMap((message) => (message.kind === 'event' ? [message.event.id] : [])),
    positions: () => messages.flatMap((message) => (message.kind === 'event' ? [message.position] : [])),
  }
}

/** The text of an SSE subscriber; `read` is false for one that takes nothing. */
export async function openSse(options: Options & { readonly read?: boolean }) {
  const response = await open(options, 'sse')
  if (!response.body) throw new Error(`status ${response.status}`)
  const reader = response.body.getReader()
  let text = ''
  let ended = false
  const read = async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      text += new TextDecoder().decode(value)
    }
    ended = true
  }
  if (options.read !== false) void read().catch(() => undefined)
  return {
    response,
    read,
    text: () => text,
    ended: () => ended,
    ids: () => [...text.matchAll(/"id":"([0-9a-f-]+)"/g)].map((match) => match[1] as string),
    cancel: () => reader.cancel(),
  }
}

/** An event nobody else in this database is concerned with. */
export const newEvent = (userId: string, type: AuditEventType = 'session.created'): AuditEvent =>
  createEvent(type, Date.now(), undefined, {
    outcome: 'success',
    actor_type: 'user',
    actor_id: userId,
    user_id: userId,
  })

export async function write(userId: string, count = 1, type?: AuditEventType): Promise<string[]> {
  const events = Array.from({ length: count }, () => newEvent(userId, type))
  await database().execute(insertEvents(events))
  return events.map((event) => event.id)
}

export async function positionOf(eventId: string): Promise<number> {
  const { rows } = await database().execute(
    sql`SELECT position FROM audit_events WHERE id = ${eventId}::uuid`,
  )
  return Number(rows[0]?.['position'])
}

/** Inserts an event and leaves its transaction open until `commit`. */
export async function writeSlowly(userId: string) {
  const client = new Client(config.databaseUrl)
  client.neonConfig.wsProxy = () => `${new URL(config.databaseGatewayUrl as string).host}/v2`
  client.neonConfig.useSecureWebSocket = false
  client.neonConfig.pipelineConnect = false
  client.on('error', () => undefined)
  await client.connect()
  const { id, type } = newEvent(userId)
  await client.query('BEGIN')
  const { rows } = await client.query<{ position: string }>(
    `INSERT INTO audit_events (id, type, occurred_at, outcome, actor_type, user_id)
     VALUES ($1, $2, now(), 'success', 'system', $3) RETURNING position`,
    [id, type, userId],
  )
  return {
    id,
    position: Number(rows[0]?.position),
    commit: async () => {
      await client.query('COMMIT')
      await client.end()
    },
    rollback: async () => {
      await client.query('ROLLBACK')
      await client.end()
    },
  }
}
