/**
 * A reverse proxy as an operator would have it in front of Authly: it ends TLS, and replaces `X-Forwarded-For` and
 * `Client-Cert` (RFC 9440) whatever callers send. One port for everybody, one that asks for a certificate.
 */
import { createServer as createHttp, request as forward, type RequestListener, type Server } from 'node:http'
import { Agent, createServer as createHttps, request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { MadeCertificate } from '../fakes/certificates.ts'

export type TlsProxy = {
  /** Sends requests to Authly from now on. */
  passTo(port: number): void
  /** For everybody, on loopback: over plain HTTP unless asked for TLS. */
  readonly issuer: string
  /** For clients with a certificate. */
  readonly mtlsOrigin: string
  close(): Promise<void>
}

export type ProxyOptions = {
  /** Of the proxy itself, valid for `localhost`. */
  readonly server: MadeCertificate
  /** Whose certificates it passes on; undefined: everybody's, unverified. */
  readonly authority?: MadeCertificate
  /** Everybody comes over TLS too. */
  readonly isHttps?: boolean
}

/** TLS 1.2 with what BCP 195 (RFC 9325 §4.2) recommends; every suite of TLS 1.3 is. */
const cipherSuites = [
  ...['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ...['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384'],
].join(':')

export async function startTlsProxy({ server, authority, isHttps = false }: ProxyOptions): Promise<TlsProxy> {
  let port = 0
  const pass: RequestListener = (incoming, response) => {
    const { 'client-cert': _cert, 'client-cert-chain': _chain, ...headers } = incoming.headers
    const socket = incoming.socket as Partial<TLSSocket> & typeof incoming.socket
    const certificate = socket.getPeerCertificate?.()?.raw
    const isPassed = certificate !== undefined && (authority === undefined || socket.authorized === true)
    const outgoing = forward(
      {
        ...{ host: '127.0.0.1', port, method: incoming.method, path: incoming.url },
        headers: {
          ...headers,
          'x-forwarded-for': socket.remoteAddress,
          ...(isPassed ? { 'client-cert': `:${certificate.toString('base64')}:` } : {}),
        },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    outgoing.on('error', () => response.destroy())
    incoming.pipe(outgoing)
  }
  const own = { ...(await pemOf(server)), ciphers: cipherSuites }
  const open = isHttps ? createHttps(own, pass) : createHttp(pass)
  const closed = createHttps(
    {
      ...own,
      ...(authority ? { ca: [authority.pem] } : {}),
      ...{ requestCert: true, rejectUnauthorized: false },
    },
    pass,
  )
  const [issuer, mtlsOrigin] = await Promise.all([
    listen(open).then((at) => (isHttps ? `https://localhost:${at}` : `http://127.0.0.1:${at}`)),
    listen(closed).then((at) => `https://localhost:${at}`),
  ])
  const stop = (each: Server) =>
    new Promise<void>((resolve) => {
      each.close(() => resolve())
      each.closeAllConnections()
    })
  return {
    passTo: (to) => {
      port = to
    },
    ...{ issuer, mtlsOrigin },
    close: async () => {
      await Promise.all([stop(open as unknown as Server), stop(closed as unknown as Server)])
    },
  }
}

const listen = (server: Pick<Server, 'listen' | 'address'>): Promise<number> =>
  new Promise((resolve) =>
    server.listen(0, 'localhost', () => resolve((server.address() as AddressInfo).port)),
  )

/** What Node and programs read from files. */
export async function pemOf({ pem, keys }: MadeCertificate): Promise<{ cert: string; key: string }> {
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return { cert: pem, key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n` }
}

/** `fetch` of a client that presents `certificate` wherever it is asked for one. */
export async function fetchWith(
  server: MadeCertificate,
  certificate: MadeCertificate | undefined,
): Promise<(url: string, init?: RequestInit) => Promise<Response>> {
  const agent = new Agent({
    ca: [server.pem],
    ...(certificate ? await pemOf(certificate) : {}),
    // No connection outlives its request: a resumed one would keep the certificate of the one before.
    ...{ keepAlive: false, maxCachedSessions: 0 },
  })
  return async (url, init = {}) => {
    const request = new Request(url, init)
    if (new URL(url).protocol === 'http:') return fetch(request)
    const body = Buffer.from(await request.arrayBuffer())
    return new Promise((resolve, reject) => {
      const headers = Object.fromEntries(request.headers)
      const outgoing = httpsRequest(url, { agent, method: request.method, headers }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const received = new Headers()
          for (const [name, value] of Object.entries(answer.headers)) {
            for (const each of [value ?? []].flat()) received.append(name, each)
          }
          resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 0, headers: received }))
        })
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
}
