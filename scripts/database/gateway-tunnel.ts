/** Neon's WebSocket protocol: `/v2` carries the plain Postgres wire protocol in binary messages. */
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { pipeline } from 'node:stream'
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws'
import { isForeignCaller } from './gateway-callers.ts'
import type { Upstream } from './gateway-pools.ts'

/** Serves the tunnel on `server`. The requested address is ignored: the tunnel always leads to the upstream. */
export function attachTunnel(server: Server, upstream: Upstream): { close(): void } {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  server.on('upgrade', (request, socket, head) => {
    const path = request.url?.split('?')[0]
    if (path !== '/v2' || isForeignCaller(request.headers)) {
      socket.end(
        `HTTP/1.1 ${path === '/v2' ? '403 Forbidden' : '404 Not Found'}\r\nConnection: close\r\n\r\n`,
      )
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => carry(webSocket, upstream))
  })
  return {
    close: () => {
      for (const webSocket of sockets.clients) webSocket.terminate()
      sockets.close()
    },
  }
}

function carry(webSocket: WebSocket, { host, port }: Upstream): void {
  const tcp = connect({ host, port, noDelay: true, timeout: 2_000 })
  tcp.once('timeout', () => tcp.destroy(new Error('the database did not answer within 2 s')))
  tcp.once('connect', () => tcp.setTimeout(0))
  const stream = createWebSocketStream(webSocket)
  const end = () => {
    tcp.destroy()
    // 1011: the server met a condition that prevents it from continuing (RFC 6455 §7.4.1).
    if (webSocket.readyState === webSocket.OPEN) webSocket.close(1011)
  }
  pipeline(stream, tcp, end)
  pipeline(tcp, stream, end)
}
