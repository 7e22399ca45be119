/** An MCP server as others run one: serves RFC 9728 metadata, challenges, verifies tokens by the issuer's keys alone. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'

export type ProtectedApi = {
  /** The resource indicator, and where it is. */
  readonly resource: string
  /** Claims of the tokens it has accepted. */
  readonly accepted: readonly JWTPayload[]
  close(): Promise<void>
}

export async function serveProtectedApi(issuer: string, scope: string): Promise<ProtectedApi> {
  const accepted: JWTPayload[] = []
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`))
  let resource = ''

  async function verify(request: IncomingMessage): Promise<JWTPayload | undefined> {
    const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? []
    if (token === undefined) return undefined
    const checks = { issuer, audience: resource, typ: 'at+jwt', algorithms: ['ES256'] }
    const { payload } = await jwtVerify(token, keys, checks)
    if (!String(payload['scope']).split(' ').includes(scope)) throw new Error('scope')
    return payload
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const origin = new URL(resource).origin
    const path = `/.well-known/oauth-protected-resource/mcp`
    if (request.url === path) {
      const metadata = { resource, authorization_servers: [issuer], scopes_supported: [scope] }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata))
      return
    }
    const claims = await verify(request).catch(() => undefined)
    if (!claims) {
      const challenge = `Bearer resource_metadata="${origin}${path}", scope="${scope}"`
      response.writeHead(401, { 'www-authenticate': challenge }).end()
      return
    }
    accepted.push(claims)
    const server = new McpServer({ name: 'Weather', version: '1' })
    server.registerTool('weather', { description: 'The weather' }, () => ({
      content: [{ type: 'text', text: `sunny for ${claims.sub}` }],
    }))
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
    await server.connect(transport as unknown as Parameters<typeof server.connect>[0])
    await transport.handleRequest(request, response)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  resource = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
  return {
    resource,
    accepted,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
