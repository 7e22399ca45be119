import { AuthlyError, type JsonObject } from '@authly-server/core'
import type { AuditEvent } from './generated/schemas.ts'
import { jsonObjectOf } from './problem.ts'

/** What the live audit stream says, over whichever transport. */
export type AuditMessage =
  | { readonly kind: 'event'; readonly position: number; readonly event: AuditEvent }
  /** Up to there nothing was left out. */
  | { readonly kind: 'heartbeat'; readonly position: number }
  | ({ readonly kind: 'reset'; readonly position: number } & AuditReset)
  | { readonly kind: 'closed'; readonly reason: string }

/** Events between `after` and `position` may be missing. */
export interface AuditReset {
  readonly reason: 'events_removed' | 'unknown_position'
  readonly after: number
  readonly position: number
}

/** A message of the WebSocket. @throws AuthlyError `invalid_response` */
export function readMessage(text: unknown): AuditMessage {
  const value = typeof text === 'string' ? jsonObjectOf(text) : undefined
  switch (value?.kind) {
    case 'event':
    case 'heartbeat':
    case 'reset':
      if (isPosition(value.position)) return value as unknown as AuditMessage
      break
    case 'closed':
      if (typeof value.reason === 'string') return value as unknown as AuditMessage
  }
  throw malformed()
}

/** A block of server-sent events; undefined for one of a kind that is not known yet. */
export function messageOfBlock(block: {
  readonly event: string | undefined
  readonly data: string
  readonly id: string | undefined
}): AuditMessage | undefined {
  const position = block.id === undefined ? undefined : Number(block.id)
  if (block.event === undefined) {
    if (!isPosition(position)) throw malformed()
    return { kind: 'heartbeat', position }
  }
  const value = jsonObjectOf(block.data)
  if (!value) throw malformed()
  switch (block.event) {
    case 'audit':
      if (!isPosition(position)) throw malformed()
      return { kind: 'event', position, event: value as unknown as AuditEvent }
    case 'reset':
      return readMessage(JSON.stringify({ ...value, kind: 'reset' } satisfies JsonObject))
    case 'closed':
      return readMessage(JSON.stringify({ ...value, kind: 'closed' } satisfies JsonObject))
  }
  return undefined
}

const isPosition = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

const malformed = () =>
  new AuthlyError('invalid_response', { description: 'this is no message of the audit stream' })
