/**
 * Where tests move the clock of an ephemeral server: on loopback, with a password in its path, in the process of the
 * start script. `GET` says what time it is, `POST {"advance_seconds": 3600}` makes it later, rings what is due and runs
 * the cron jobs once.
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  isSameSecret,
  type LoopbackServer,
  readText,
  refuse,
  sendJson,
  startLoopbackServer,
} from '../process/loopback-server.ts'

/** Ten years. JWT libraries and Postgres take much more; a slip of three zeros should still be told. */
const maxSeconds = 10 * 366 * 86_400

export type MovableClock = {
  /** @returns the time since, in milliseconds since the Unix epoch */
  advance(milliseconds: number): Promise<number>
  read(): Promise<number>
}

export async function startClockServer(clock: MovableClock): Promise<LoopbackServer> {
  const key = randomBytes(32).toString('base64url')
  // One move at a time: two at once would both wait for the alarms of both.
  let last: Promise<unknown> = Promise.resolve()
  const answerTime = (response: ServerResponse, now: number) =>
    sendJson(response, 200, { now: new Date(now).toISOString() })

  const move = async (request: IncomingMessage, response: ServerResponse) => {
    const seconds = readSeconds(await readText(request))
    if (seconds === undefined) {
      return sendJson(response, 400, {
        error: `advance_seconds must be a number from 0 to ${maxSeconds}: time goes forward only`,
      })
    }
    const moved = last.then(() => clock.advance(seconds * 1000))
    last = moved.catch(() => undefined)
    return answerTime(response, await moved)
  }

  const server = await startLoopbackServer(async (request, response, path) => {
    if (!isSameSecret(path, `/${key}/`)) return refuse(response, 404)
    try {
      if (request.method === 'POST') return await move(request, response)
      if (request.method === 'GET') return answerTime(response, await clock.read())
      return refuse(response, 405)
    } catch (error) {
      return sendJson(response, 503, { error: error instanceof Error ? error.message : String(error) })
    }
  })
  return { ...server, url: `${server.url}${key}/` }
}

function readSeconds(text: string | undefined): number | undefined {
  try {
    const { advance_seconds, ...others } = JSON.parse(text ?? '') as Record<string, unknown>
    const isNumber =
      typeof advance_seconds === 'number' && advance_seconds >= 0 && advance_seconds <= maxSeconds
    return isNumber && Object.keys(others).length === 0 ? advance_seconds : undefined
  } catch {
    return undefined
  }
}
