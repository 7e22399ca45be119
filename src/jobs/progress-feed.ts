/**
 * Who watches a job. Server-sent events live as long as the object is in memory; WebSockets survive hibernation.
 * Progress is a state, not a history: a watcher that comes back gets the newest, unless it has that already.
 */
import type { LastingAuthorization } from '../access/authorized.ts'
import { jsonLine } from '../kit/json-line.ts'
import { isFinal, type JobProgress } from './job.ts'

export interface ProgressFeed {
  /** To everybody who watches; closes the feeds of a job that ended. */
  send(read: () => JobProgress): void
  /** Server-sent events (HTML §9.2). `after`: revision the watcher has seen. */
  open(
    progress: JobProgress,
    watch: { readonly after: number | undefined; readonly authorization: LastingAuthorization },
  ): ReadableStream<Uint8Array>
  /**
   * Lets nobody go on who may not any more. Now and then, while there is something to tell.
   * @param findEnded those of the authorizations that hold no longer
   */
  endUnauthorized(
    findEnded: (all: readonly LastingAuthorization[]) => Promise<ReadonlySet<LastingAuthorization>>,
  ): Promise<void>
  accept(progress: JobProgress, request: Request): Response
}

/** A feed ends after this; the browser comes back with `Last-Event-ID`, and is authorized again. */
const longestFeedMs = 10 * 60_000
const heartbeatMs = 15_000
const mostWatchers = 50
const mostUnread = 64 * 1024
const livenessMs = 60_000
/** The watcher's authorization as JSON. From the worker, never from outside. */
export const watcherHeader = 'x-authly-watcher'

interface Watcher {
  readonly authorization: LastingAuthorization
  write(text: string): void
  end(): void
}

const encoder = new TextEncoder()

export function createProgressFeed(ctx: DurableObjectState): ProgressFeed {
  const watchers = new Set<Watcher>()
  let told: number | undefined
  let checkedAt = Date.now()

  const isOver = (progress: JobProgress): boolean => isFinal(progress.status) && progress.finished_at !== null

  return {
    send(read) {
      const sockets = ctx.getWebSockets()
      if (watchers.size === 0 && sockets.length === 0) return
      const progress = read()
      // Not every write of the state is a change of what is told.
      if (progress.revision === told) return
      told = progress.revision
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
          // It may have gone meanwhile.
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
              // Who reads too slowly misses what is out of date, never the end.
              if (!text.includes('"finished_at":null') || (controller.desiredSize ?? 0) > -mostUnread) {
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
            Math.min(longestFeedMs, Math.max(0, endOf(authorization) - Date.now())),
          )
          stop = () => {
            watchers.delete(watcher)
            clearInterval(heartbeat)
            clearTimeout(limit)
          }
          watcher.write('retry: 2000\n\n')
          if (after === undefined || after < progress.revision) watcher.write(eventOf(progress))
          if (isOver(progress) || watchers.size >= mostWatchers) return watcher.end()
          watchers.add(watcher)
        },
        cancel: () => stop(),
      })
    },

    accept(progress, request) {
      if (ctx.getWebSockets().length >= mostWatchers) return new Response(null, { status: 429 })
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

/** Times as in every other answer. */
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
