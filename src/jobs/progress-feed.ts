/**
 * The watchers of a job. Server-sent events last as long as the object is in memory; WebSockets survive hibernation.
 * Progress is a state, not a history: a reconnecting watcher gets the newest, unless it already has it.
 */
import type { LastingAuthorization } from '../access/authorized.ts'
import { jsonLine } from '../kit/json-line.ts'
import { isFinal, type JobProgress } from './job.ts'

export interface ProgressFeed {
  /** Sends progress to all watchers; closes the feeds of a finished job. */
  send(read: () => JobProgress): void
  /** Server-sent events (HTML §9.2). `after`: revision the watcher has seen. */
  open(
    progress: JobProgress,
    watch: { readonly after: number | undefined; readonly authorization: LastingAuthorization },
  ): ReadableStream<Uint8Array>
  /**
   * Disconnects watchers that are no longer authorized. Checked periodically, only when there is something to send.
   * @param findEnded returns the authorizations that no longer hold
   */
  endUnauthorized(
    findEnded: (all: readonly LastingAuthorization[]) => Promise<ReadonlySet<LastingAuthorization>>,
  ): Promise<void>
  accept(progress: JobProgress, request: Request): Response
}

/** A feed ends after this; the browser reconnects with `Last-Event-ID` and is authorized again. */
const maxFeedMs = 10 * 60_000
const heartbeatMs = 15_000
const maxWatchers = 50
const maxUnread = 64 * 1024
const livenessMs = 60_000
/** The watcher's authorization as JSON. Set by the worker, never taken from outside. */
export const watcherHeader = 'x-authly-watcher'

interface Watcher {
  readonly authorization: LastingAuthorization
  write(text: string): void
  end(): void
}

const encoder = new TextEncoder()

export function createProgressFeed(ctx: DurableObjectState): ProgressFeed {
  const watchers = new Set<Watcher>()
  let sentRevision: number | undefined
  let checkedAt = Date.now()

  const isOver = (progress: JobProgress): boolean => isFinal(progress.status) && progress.finished_at !== null

  return {
    send(read) {
      const sockets = ctx.getWebSockets()
      if (watchers.size === 0 && sockets.length === 0) return
      const progress = read()
      // Some writes of the state do not change the visible progress.
      if (progress.revision === sentRevision) return
      sentRevision = progress.revision
      const text = eventOf(progress)
      for (const watcher of watchers) {
        watcher.write(text)
        if (isOver(progress)) watcher.end()
      }
      for (const socket of sockets) {
        if (Date.now() >= endOf(authorizationOf(socket))) {
          socket.close(1008, 'authorization expired')
          continue
        }
        socket.send(textOf(progress))
        if (isOver(progress)) socket.close(1000, 'the job has ended')
      }
    },

    async endUnauthorized(findEnded) {
      if (Date.now() - checkedAt < livenessMs) return
      checkedAt = Date.now()
      const following = [
        ...[...watchers].map((watcher) => ({
          authorization: watcher.authorization,
          // It may have disconnected meanwhile.
          end: () => watchers.has(watcher) && watcher.end(),
        })),
        ...ctx.getWebSockets().map((socket) => ({
          authorization: authorizationOf(socket),
          end: () => socket.close(1008, 'authorization ended'),
        })),
      ]
      if (following.length === 0) return
      const ended = await findEnded(following.map(({ authorization }) => authorization))
      for (const { authorization, end } of following) if (ended.has(authorization)) end()
    },

    open(progress, { after, authorization }) {
      let stop = () => {}
      return new ReadableStream({
        type: 'bytes',
        start(controller) {
          const watcher: Watcher = {
            authorization,
            write(text) {
              // A slow reader skips outdated progress, but never the end.
              if (!text.includes('"finished_at":null') || (controller.desiredSize ?? 0) > -maxUnread) {
                controller.enqueue(encoder.encode(text))
              }
            },
            end() {
              stop()
              controller.close()
            },
          }
          const heartbeat = setInterval(() => watcher.write(': alive\n\n'), heartbeatMs)
          const limit = setTimeout(
            () => watcher.end(),
            Math.min(maxFeedMs, Math.max(0, endOf(authorization) - Date.now())),
          )
          stop = () => {
            watchers.delete(watcher)
            clearInterval(heartbeat)
            clearTimeout(limit)
          }
          watcher.write('retry: 2000\n\n')
          if (after === undefined || after < progress.revision) watcher.write(eventOf(progress))
          if (isOver(progress) || watchers.size >= maxWatchers) return watcher.end()
          watchers.add(watcher)
        },
        cancel: () => stop(),
      })
    },

    accept(progress, request) {
      if (ctx.getWebSockets().length >= maxWatchers) return new Response(null, { status: 429 })
      const { 0: client, 1: server } = new WebSocketPair()
      ctx.acceptWebSocket(server)
      server.serializeAttachment(JSON.parse(request.headers.get(watcherHeader) ?? ''))
      server.send(textOf(progress))
      if (isOver(progress)) server.close(1000, 'the job has ended')
      return new Response(null, { status: 101, webSocket: client })
    },
  }
}

const authorizationOf = (socket: WebSocket) => socket.deserializeAttachment() as LastingAuthorization

const endOf = ({ token }: LastingAuthorization): number => token.expiresAtSeconds * 1000

const eventOf = (progress: JobProgress): string =>
  `id: ${progress.revision}\nevent: progress\ndata: ${textOf(progress)}\n\n`

/** Times formatted as in every other response. */
const textOf = (progress: JobProgress): string => {
  const { started_at, finished_at, files_expire_at } = progress
  const times = {
    started_at: utc(started_at),
    finished_at: utc(finished_at),
    files_expire_at: utc(files_expire_at),
  }
  return jsonLine({ ...progress, ...times })
}

const utc = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString())
