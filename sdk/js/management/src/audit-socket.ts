import { AuthlyError } from '@authly-server/core'
import type { TokenSource } from './access-token.ts'
import { type AuditMessage, readMessage } from './audit-message.ts'
import type { SilenceWatch } from './reconnecting.ts'
import { orAborted } from './waiting.ts'

export interface SocketNeeds {
  readonly issuer: string
  readonly tokens: TokenSource
  readonly WebSocket: typeof WebSocket | undefined
}

/** How many events may be on their way without an acknowledgement is 256; half of it, so that none waits for us. */
const acknowledgeEvery = 128

/**
 * The live audit stream over one WebSocket (docs/audit-stream.md). Events are acknowledged when the consumer has come
 * back for more, so that a slow one holds the server up and not our memory.
 */
export async function* openAuditSocket(
  { issuer, tokens, WebSocket }: SocketNeeds,
  query: URLSearchParams,
  quiet: SilenceWatch,
): AsyncGenerator<AuditMessage, void, undefined> {
  const token = await orAborted(tokens.get(), quiet.signal)
  if (!WebSocket) throw new TypeError('there is no WebSocket here')
  const base = issuer.replace(/^http/, 'ws').replace(/\/$/, '')
  // Never in the URL, which ends up in logs.
  const socket = new WebSocket(`${base}/admin/audit/stream/ws?${query}`, ['authly.bearer', token])
  const inbox = receive(socket, quiet)
  let unacknowledged = 0
  try {
    for (;;) {
      const text = await inbox.next()
      if (text === undefined) return
      const message = readMessage(text)
      // It may have been revoked long before its time.
      if (message.kind === 'closed' && message.reason === 'token_ended') await tokens.renew(token)
      yield message
      if (message.kind !== 'event') continue
      if (++unacknowledged < acknowledgeEvery && !inbox.isEmpty()) continue
      unacknowledged = 0
      if (socket.readyState === socket.OPEN)
        socket.send(JSON.stringify({ kind: 'ack', position: message.position }))
    }
  } finally {
    inbox.stop()
    socket.close()
  }
}

interface Inbox {
  /** Undefined when the connection has ended. */
  next(): Promise<unknown>
  isEmpty(): boolean
  stop(): void
}

function receive(socket: WebSocket, quiet: SilenceWatch): Inbox {
  const waiting: unknown[] = []
  let wake = () => {}
  let end: { readonly error?: unknown } | undefined
  let isOpen = false
  const finish = (error?: unknown) => {
    end ??= error === undefined ? {} : { error }
    quiet.stop()
    wake()
  }
  const onAbort = () => finish(quiet.signal.reason)
  socket.addEventListener('open', () => {
    isOpen = true
  })
  socket.addEventListener('message', ({ data }) => {
    waiting.push(data)
    quiet.listen()
    wake()
  })
  // The events may hold what was sent, the token with it: nothing of them goes into an error.
  const onEnd = () => finish(isOpen ? broken() : new AuthlyError('websocket_not_opened'))
  socket.addEventListener('close', ({ code }) => (isOpen && code === 1000 ? finish() : onEnd()))
  socket.addEventListener('error', onEnd)
  quiet.signal.addEventListener('abort', onAbort, { once: true })
  if (quiet.signal.aborted) onAbort()
  return {
    async next() {
      while (waiting.length === 0 && !end) await new Promise<void>((resolve) => (wake = resolve))
      if (waiting.length > 0) return waiting.shift()
      if (end && 'error' in end) throw end.error
      return undefined
    },
    isEmpty: () => waiting.length === 0,
    stop: () => quiet.signal.removeEventListener('abort', onAbort),
  }
}

const broken = () => new AuthlyError('network_error', { description: 'the connection was lost' })
