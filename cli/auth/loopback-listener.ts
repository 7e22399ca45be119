/**
 * The redirect URI of a native application (RFC 8252 §7.3): a port of the loopback interface, open for the time of
 * one sign-in, that takes one path and one method.
 */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CallbackPage, callbackPolicy, renderCallbackPage } from './callback-page.ts'

export interface LoopbackListener {
  readonly redirectUri: string
  stop(): void
}

/** Not ours: another page in the browser can call this port too. Such a response is waited past. */
export type Judgement = 'signed_in' | 'not_ours' | { readonly refused: string }

/** @param accept judges an arriving response */
export async function listenOnLoopback(
  accept: (response: URL) => Promise<Judgement>,
): Promise<LoopbackListener> {
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo
    const host = `127.0.0.1:${port}`
    // Another name for this address: a page that had its own name pointed here (DNS rebinding).
    if (request.headers.host !== host) return refuse(response, 421, pages.elsewhere)
    const url = new URL(request.url ?? '/', `http://${host}`)
    if (request.method !== 'GET' || url.pathname !== '/callback') {
      return refuse(response, 404, pages.nothing)
    }
    accept(url).then((judgement) => {
      if (judgement === 'signed_in') reply(response, 200, renderCallbackPage('done', pages.signedIn))
      else if (judgement === 'not_ours') refuse(response, 400, pages.notOurs)
      else refuse(response, 400, { ...pages.refused, why: judgement.refused })
    })
  })
  server.requestTimeout = 10_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    redirectUri: `http://127.0.0.1:${port}/callback`,
    stop() {
      server.close()
      server.closeIdleConnections()
      setTimeout(() => server.closeAllConnections(), 500).unref()
    },
  }
}

const pages = {
  signedIn: {
    title: 'You are signed in',
    text: 'The command goes on in the terminal. You can close this window.',
  },
  refused: {
    title: 'You are not signed in',
    text: 'To try again, run the command in the terminal again. You can close this window.',
  },
  notOurs: {
    title: 'Not expected',
    text: 'This answer does not belong to the sign-in that is going on. You can close this window.',
  },
  nothing: { title: 'Nothing here', text: 'Only the end of a sign-in is shown at this address.' },
  elsewhere: { title: 'Not here', text: 'This is not the address of authly.' },
} as const satisfies Record<string, CallbackPage>

const refuse = (response: ServerResponse, status: number, page: CallbackPage): void =>
  reply(response, status, renderCallbackPage('failed', page))

function reply(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': callbackPolicy,
    'cache-control': 'no-store',
    // The address holds the code; nobody shall learn it from a link.
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  })
  response.end(html)
}
