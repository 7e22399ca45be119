/**
 * TLS in front of a local worker, as a deployment has it: without it cookies and headers would be those of development.
 * The certificate is made for this run.
 */
import { request } from 'node:http'
import { createServer } from 'node:https'
import { makeLocalCertificate } from './local-certificate.ts'

export type TlsFront = { close(): Promise<void> }

/** Listens on `port` of the loopback interface and passes everything on to `workerPort`. */
export async function startTlsFront(folder: string, port: number, workerPort: number): Promise<TlsFront> {
  const { key, certificate } = makeLocalCertificate(folder)
  const options = { key, cert: certificate }
  const server = createServer(options, (incoming, answer) => {
    const { method, url, headers } = incoming
    const outgoing = request(
      { host: '127.0.0.1', port: workerPort, method, path: url, headers },
      (received) => {
        answer.writeHead(received.statusCode ?? 502, received.rawHeaders)
        received.pipe(answer)
      },
    )
    outgoing.on('error', () => answer.destroy())
    incoming.pipe(outgoing)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port }, resolve)
  })
  return {
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
