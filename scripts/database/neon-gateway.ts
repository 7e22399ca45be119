/**
 * A local stand-in for Neon's proxy: the worker talks to any Postgres with the same driver and protocols as in
 * production, HTTP `POST /sql` and the WebSocket tunnel `/v2`. It listens on 127.0.0.1 only.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { errorCode, OperatorError } from '../process/operator-error.ts'
import { parseDatabaseUrl } from './database-address.ts'
import { isForeignCaller } from './gateway-callers.ts'
import { GatewayRefusal, renderGatewayError } from './gateway-error.ts'
import { createGatewayPools, type GatewayPools } from './gateway-pools.ts'
import { parseCredentials, parseSqlRequest, type SqlRequest } from './gateway-request.ts'
import { runSql } from './gateway-sql.ts'
import { attachTunnel } from './gateway-tunnel.ts'

export type NeonGateway = {
  /** Base URL, `http://127.0.0.1:<port>`; the driver uses `<url>/sql` and `<host>/v2`. */
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

export type NeonGatewayOptions = {
  /** Connection URL of the upstream Postgres; only host, port and `sslmode` are used. */
  databaseUrl: string
  /** 0 or absent: any free port. */
  port?: number
  /** Upstream connections per role and database; default 20. */
  connections?: number
  /**
   * Called after each answered `POST /sql`, with the time from its arrival to its last row, including waiting for a
   * connection.
   */
  onSql?: (request: SqlRequest, milliseconds: number) => void
}

const maxBodyBytes = 10 * 1024 * 1024

/** Starts the gateway. It does not need a running Postgres: while there is none it answers 503. */
export async function startNeonGateway(options: NeonGatewayOptions): Promise<NeonGateway> {
  const { host, port: upstreamPort, ssl } = parseDatabaseUrl(options.databaseUrl)
  const upstream = { host, port: upstreamPort, ssl }
  const pools = createGatewayPools(upstream, options.connections ?? 20)
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    answer(pools, request, options.onSql).then(
      (body) => send(response, 200, body),
      (error: unknown) => {
        const { status, body } = renderGatewayError(error)
        send(response, status, body)
      },
    )
  })
  const tunnel = attachTunnel(server, upstream)
  const port = await listen(server, options.port ?? 0)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      tunnel.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
      await pools.end()
    },
  }
}

async function answer(
  pools: GatewayPools,
  request: IncomingMessage,
  onSql: NeonGatewayOptions['onSql'],
): Promise<unknown> {
  if (isForeignCaller(request.headers))
    throw new GatewayRefusal(403, 'only programs on this machine may connect')
  if (request.url !== '/sql') throw new GatewayRefusal(404, 'no such path; use POST /sql')
  if (request.method !== 'POST') throw new GatewayRefusal(405, 'use POST')
  const credentials = parseCredentials(request.headers)
  const body = await readBody(request)
  const sqlRequest = parseSqlRequest(request.headers, body)
  const startedAt = performance.now()
  const result = await runSql(pools.find(credentials), sqlRequest)
  onSql?.(sqlRequest, performance.now() - startedAt)
  return result
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBodyBytes) reject(new GatewayRefusal(413, 'the body is larger than 10 MiB'))
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    request.on('error', reject)
  })
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = Buffer.from(JSON.stringify(body))
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length })
  response.end(text)
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if (errorCode(error) !== 'EADDRINUSE') reject(error)
      else
        reject(
          new OperatorError(
            `Port ${port} is already in use.`,
            'Stop the program that uses it, then try again.',
          ),
        )
    })
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
