/**
 * A stand-in for the range search of Have I Been Pwned, on loopback: the true format, with padding, and the ways in which
 * a server can fail. `<url>/<behaviour>/<label>/range/<prefix>` is asked; `<url>/seen/<label>` tells what was.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { breachedPasswords, type SeenRequest } from '../fakes/breached-passwords.ts'

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase()

/** As the original answers: capitals, CRLF, sorted, no line end at the end. */
function rangeOf(prefix: string, isPadded: boolean): string {
  const listed = Array.from({ length: 900 }, (_, index) => [
    sha1(`${prefix} ${index}`).slice(5),
    1 + (index % 97),
  ])
  for (const [password, times] of Object.entries(breachedPasswords)) {
    if (sha1(password).startsWith(prefix)) listed.push([sha1(password).slice(5), times])
  }
  const padding = isPadded
    ? Array.from({ length: 60 }, (_, index) => [sha1(`padding ${index}`).slice(5), 0])
    : []
  return [...listed, ...padding]
    .map(([suffix, times]) => `${suffix}:${times}`)
    .sort()
    .join('\r\n')
}

const page = '<!doctype html><title>503</title><h1>Service Unavailable</h1>'

const behaviours: Readonly<Record<string, (range: string, response: ServerResponse) => void>> = {
  true: (range, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end(range),
  garbage: (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page),
  cut: (range, response) => response.writeHead(200).end(range.slice(0, -60)),
  empty: (_, response) => response.writeHead(200).end(),
  huge: (range, response) => response.writeHead(200).end(`${range}\r\n`.repeat(40)),
  unavailable: (_, response) => response.writeHead(503).end(page),
  limited: (_, response) => response.writeHead(429, { 'retry-after': '2' }).end(),
  redirect: (_, response) => response.writeHead(302, { location: '/true/elsewhere/range/00000' }).end(),
  /** Says nothing for longer than anybody waits. */
  slow: (range, response) => {
    const timer = setTimeout(() => response.end(range), 20_000)
    response.on('close', () => clearTimeout(timer))
  },
  /** Begins at once and never ends. */
  trickle: (range, response) => {
    response.writeHead(200)
    response.write(range.slice(0, 400))
    const timer = setInterval(() => response.write('\r\n'), 200)
    response.on('close', () => clearInterval(timer))
  },
  /** As if every password with this prefix were only in the padding. */
  padding: (range, response) => response.writeHead(200).end(range.replace(/:\d+/g, ':0')),
}

/** Listens on a port of its own. */
export async function startBreachedPasswordsServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const seen = new Map<string, SeenRequest[]>()
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const [behaviour = '', label = '', , prefix = ''] = (request.url ?? '').slice(1).split('/')
    if (behaviour === 'seen') {
      response.end(JSON.stringify(seen.get(label) ?? []))
      return
    }
    seen.set(label, [...(seen.get(label) ?? []), { prefix, headers: request.headers }])
    const answer = behaviours[behaviour]
    const isPadded = request.headers['add-padding'] === 'true'
    if (answer && /^[0-9A-F]{5}$/.test(prefix)) answer(rangeOf(prefix, isPadded), response)
    else response.writeHead(400).end('The hash prefix was not in a valid format')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
