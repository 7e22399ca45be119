/** Stands between a client and an Authly, as networks do: breaks every connection when it is told to. */
import { connect, createServer, type Socket } from 'node:net'

export interface FlakyProxy {
  /** The address of the Authly through this proxy. */
  readonly url: string
  /** Breaks what is open, and refuses what comes until `mend`. */
  break(): void
  mend(): void
  /** How many connections there have been. */
  readonly connections: () => number
  close(): Promise<void>
}

export async function startFlakyProxy(target: string): Promise<FlakyProxy> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  let isBroken = false
  let count = 0
  const server = createServer((client) => {
    count++
    if (isBroken) return void client.destroy()
    const upstream = connect(Number(port), hostname)
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one)
      one.on('error', () => undefined)
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address() as { port: number }
  const breakAll = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    connections: () => count,
    break() {
      isBroken = true
      breakAll()
    },
    mend() {
      isBroken = false
    },
    async close() {
      breakAll()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
