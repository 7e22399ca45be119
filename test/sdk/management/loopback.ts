/** A server that answers as the test says, and remembers what it was asked. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Said {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON. */
  readonly body?: unknown
}

/** `cut`: the connection breaks before an answer. */
export type Answer =
  | Said
  | 'cut'
  | ((asked: Asked, response: ServerResponse) => Said | undefined | Promise<Said | undefined>)

export interface Loopback {
  readonly issuer: string
  readonly server: Server
  /** Of the admin API, in order. */
  readonly asked: Asked[]
  /** Of the token endpoint. */
  readonly askedForTokens: Asked[]
  /** Answers of the admin API in order; the last one is repeated. */
  say(...answers: readonly Answer[]): void
  /** Answers of the token endpoint, before those that are tokens. */
  sayForTokens(...answers: readonly Answer[]): void
  tokenLifetimeSeconds: number
  tokenType: 'Bearer' | 'DPoP'
  /** Breaks every connection that is open now. */
  breakConnections(): void
  close(): Promise<void>
}

export const problem = (status: number, code: string, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: { type: `urn:authly:problem:${code}`, title: code, status, request_id: 'request-1' },
})

export const invalidToken = problem(401, 'invalid_token', {
  'www-authenticate': 'Bearer error="invalid_token"',
})

export async function startLoopback(): Promise<Loopback> {
  const answers: Answer[] = []
  const tokenAnswers: Answer[] = []
  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request
    let body = ''
    for await (const chunk of request) body += chunk
    const asked = { method, url, headers, body }
    if (url === '/.well-known/openid-configuration') return send(response, { body: metadataOf(issuer) })
    if (url === '/oauth/token') {
      loopback.askedForTokens.push(asked)
      const said = tokenAnswers.shift() ?? tokenAnswer()
      return play(said, asked, response)
    }
    loopback.asked.push(asked)
    const said = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500 }
    return play(said, asked, response)
  }

  const tokenAnswer = (): Said => ({
    body: {
      access_token: `token-${loopback.askedForTokens.length}`,
      token_type: loopback.tokenType,
      expires_in: loopback.tokenLifetimeSeconds,
    },
  })

  const loopback: Loopback = {
    ...{ issuer, server, asked: [], askedForTokens: [], tokenLifetimeSeconds: 300, tokenType: 'Bearer' },
    say: (...said) => void answers.splice(0, answers.length, ...said),
    sayForTokens: (...said) => void tokenAnswers.push(...said),
    breakConnections: () => server.closeAllConnections(),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return loopback
}

async function play(answer: Answer, asked: Asked, response: ServerResponse): Promise<void> {
  const said = typeof answer === 'function' ? await answer(asked, response) : answer
  if (said === 'cut') response.destroy()
  else if (said) send(response, said)
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: Said): void {
  const isText = typeof body === 'string' || body === undefined
  response.writeHead(status, { ...(isText ? {} : { 'content-type': 'application/json' }), ...headers })
  response.end(isText ? body : JSON.stringify(body))
}

const metadataOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/oauth/authorize`,
  token_endpoint: `${issuer}/oauth/token`,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
})
