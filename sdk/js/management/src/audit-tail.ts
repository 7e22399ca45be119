import { AuthlyError } from '@authly-server/core'
import { type AuditMessage, type AuditReset, messageOfBlock } from './audit-message.ts'
import { openAuditSocket, type SocketNeeds } from './audit-socket.ts'
import type { StreamAuditEventsQuery } from './generated/resources.ts'
import type { AuditEvent } from './generated/schemas.ts'
import { queryOf } from './operation.ts'
import { createReconnecting, type SilenceWatch } from './reconnecting.ts'
import { readEvents } from './server-sent-events.ts'
import type { Transport } from './transport.ts'

export interface TailOptions extends Omit<StreamAuditEventsQuery, 'after'> {
  /** Position of the last event already known. Without it the tail begins with events from now on. */
  readonly after?: number | undefined
  readonly signal?: AbortSignal | undefined
  /**
   * Called with the position up to which everything has been given: after each event that has been dealt with, and
   * when there was nothing. Kept somewhere, it is the `after` of the next process.
   */
  readonly onPosition?: ((position: number) => void) | undefined
  /** Events between two positions may be missing. Without it, that is an error of code `audit_gap`. */
  readonly onReset?: ((reset: AuditReset) => void) | undefined
  /** Default: a WebSocket where the runtime has one and it opens, else server-sent events. */
  readonly transport?: 'websocket' | 'sse' | undefined
}

export interface TailNeeds extends SocketNeeds {
  readonly transport: Transport
  /** A WebSocket cannot prove that it has the key of a token (RFC 9449). */
  readonly mayUseSocket: boolean
}

/** Without news for this long the connection is dead: the server gives a sign of life every 8 seconds. */
const silenceMs = 30_000

/** Audit events as they are written, each once and in order, across broken connections. */
export async function* tailAudit(
  needs: TailNeeds,
  options: TailOptions,
): AsyncGenerator<AuditEvent, void, undefined> {
  const { signal, onPosition, onReset } = options
  const connection = createReconnecting(signal)
  let isSocketRefused = false
  let position = options.after
  for (;;) {
    const quiet = connection.watchSilence(silenceMs)
    const mode = modeOf(needs, options, isSocketRefused)
    try {
      for await (const message of mode === 'websocket'
        ? openAuditSocket(needs, queryFrom(options, position), quiet)
        : openEvents(needs.transport, queryFrom(options, position), quiet)) {
        connection.succeeded()
        if (message.kind === 'closed') throw closed(message.reason)
        if (message.kind === 'reset') {
          if (!onReset) throw gap(message)
          onReset(message)
          position = message.position
          continue
        }
        // What an older connection has already given.
        if (position !== undefined && message.position < position) continue
        if (message.kind === 'event') {
          if (message.position === position) continue
          position = message.position
          yield message.event
        } else position = message.position
        onPosition?.(position)
      }
    } catch (error) {
      // A WebSocket that does not open says nothing of why: a request does, or streams in its place.
      if (isUnopened(error) && options.transport !== 'websocket') {
        isSocketRefused = true
        continue
      }
      connection.failed(error)
    } finally {
      quiet.stop()
    }
    isSocketRefused = false
    await connection.pause()
  }
}

const modeOf = (
  { mayUseSocket, WebSocket }: TailNeeds,
  { transport }: TailOptions,
  isSocketRefused: boolean,
): 'websocket' | 'sse' => {
  if (transport === 'websocket' && !(mayUseSocket && WebSocket))
    throw new TypeError('there is no WebSocket here, or it cannot prove possession of a key')
  if (transport !== undefined) return transport
  return mayUseSocket && WebSocket && !isSocketRefused ? 'websocket' : 'sse'
}

function queryFrom(
  { onPosition, onReset, transport, ...filter }: TailOptions,
  position: number | undefined,
): URLSearchParams {
  return queryOf({ ...filter, after: position })
}

async function* openEvents(
  transport: Transport,
  query: URLSearchParams,
  quiet: SilenceWatch,
): AsyncGenerator<AuditMessage, void, undefined> {
  const headers = { accept: 'text/event-stream' }
  const call = { method: 'GET', path: '/admin/audit/stream', query, headers }
  const response = await transport.stream({ ...call, options: { signal: quiet.signal } })
  if (!response.body) return
  for await (const block of readEvents(quiet.heard(response.body))) {
    const message = messageOfBlock(block)
    if (message) yield message
  }
}

const isUnopened = (error: unknown): boolean =>
  error instanceof AuthlyError && error.code === 'websocket_not_opened'

/** Some pass: the next connection has another token, and goes on where it was. */
const closed = (reason: string): AuthlyError =>
  new AuthlyError(reason === 'token_ended' || reason === 'too_slow' ? 'network_error' : reason, {
    description: `the server has ended the stream: ${reason}`,
  })

const gap = ({ reason, after, position }: AuditReset): AuthlyError =>
  new AuthlyError('audit_gap', {
    description: `events between ${after} and ${position} may be missing (${reason})`,
  })
