/** A database that is far away: passes every statement on to the real gateway, after a delay. */
import { createServer, request as sendRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface SlowGateway {
  readonly url: string
  delayBy(milliseconds: number): void
  close(): Promise<void>
}

/** @param target URL of the real gateway */
export async function startSlowGateway(target: string): Promise<SlowGateway> {
  let delay = 0
  const { hostname, port } = new URL(target)
  const server = createServer(async (incoming, response) => {
    if (delay > 0) await sleep(delay)
    const { method, url: path, headers } = incoming
    const passedOn = sendRequest({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    passedOn.on('error', () => response.destroy())
    incoming.pipe(passedOn)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    delayBy: (milliseconds) => {
      delay = milliseconds
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
