/**
 * A connection that listens for NOTIFY. It must outlive a request, so only a Durable Object may hold one, and it uses
 * Neon's WebSocket tunnel, because a Worker cannot wait for notifications over HTTP.
 */
import { Client } from '@neondatabase/serverless'

export interface Listener {
  /** Ends the connection; `onLost` is no longer called. */
  close(): void
}

export interface ListenOptions {
  readonly databaseUrl: string
  /** Local development: loopback URL that speaks the Neon protocol. */
  readonly databaseGatewayUrl: string | undefined
  readonly channel: string
  /** Advisory lock held shared for the life of the connection: it shows triggers that there is a listener. */
  readonly presenceLock: number
  /** How long opening may take. */
  readonly timeoutMilliseconds: number
  readonly onNotification: () => void
  /** The connection ended, other than by `close`. Called once. */
  readonly onLost: (error: unknown) => void
}

/**
 * Resolves when LISTEN is active: every later commit is notified.
 * @throws when Postgres cannot be reached in time
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const client = new Client(directUrl(options.databaseUrl))
  if (options.databaseGatewayUrl) {
    const { host } = new URL(options.databaseGatewayUrl)
    client.neonConfig.wsProxy = () => `${host}/v2`
    client.neonConfig.useSecureWebSocket = false
    // Neon's proxy accepts the password at once; Postgres itself requires the SCRAM exchange.
    client.neonConfig.pipelineConnect = false
  }
  let state: 'opening' | 'open' | 'closed' = 'opening'
  const close = () => {
    state = 'closed'
    // The socket may be half dead, so a failure to close it cleanly is ignored.
    client.end().catch(() => undefined)
  }
  let fail: (error: unknown) => void = () => undefined
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  failed.catch(() => undefined)
  const lost = (error: unknown) => {
    if (state === 'open') {
      close()
      options.onLost(error)
    }
    fail(error)
  }
  client.on('error', lost)
  client.on('end', () => lost(new Error('the listening connection ended')))
  client.on('notification', options.onNotification)
  const timer = setTimeout(
    () => fail(new Error('Postgres did not answer in time')),
    options.timeoutMilliseconds,
  )
  try {
    await Promise.race([open(client, options), failed])
    state = 'open'
    return { close }
  } catch (error) {
    close()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function open(client: Client, { channel, presenceLock }: ListenOptions): Promise<void> {
  await client.connect()
  await client.query(`SELECT pg_advisory_lock_shared(${presenceLock})`)
  await client.query(`LISTEN ${channel}`)
}

/** Neon's pooler assigns each transaction another session, which LISTEN does not survive, so it is bypassed. */
export function directUrl(databaseUrl: string): string {
  const url = new URL(databaseUrl)
  url.hostname = url.hostname.replace(/^([^.]+)-pooler(?=[.])/, '$1')
  return url.href
}
