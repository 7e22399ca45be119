/**
 * Stand-ins on loopback for clients that are told of sign-outs (OpenID Connect Back-Channel Logout 1.0 §2.5).
 * `<url>/<label>/backchannel` is the address of one; `POST <url>/set/<label>/<behaviour>` changes how it behaves,
 * `<url>/seen/<label>` tells what it has got.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PartyBehaviour, SeenRequest } from '../fakes/relying-parties.ts'

interface Party {
  behaviour: PartyBehaviour
  readonly seen: SeenRequest[]
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

export async function startRelyingPartiesServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const parties = new Map<string, Party>()
  const partyOf = (label: string): Party => {
    const party = parties.get(label) ?? { behaviour: 'up', seen: [] }
    parties.set(label, party)
    return party
  }
  const server = createServer(async (request, response) => {
    const [, first = '', second = '', third = ''] = (request.url ?? '').split('/')
    if (first === 'set') {
      partyOf(second).behaviour = third as PartyBehaviour
      return response.end()
    }
    if (first === 'seen') return response.end(JSON.stringify(partyOf(second).seen))
    const party = partyOf(first)
    const body = await textOf(request)
    const { method = '', headers, url = '' } = request
    party.seen.push({ method, path: url, headers, body })
    switch (party.behaviour) {
      case 'up':
        return response.writeHead(200).end()
      case 'no_content':
        return response.writeHead(204).end()
      case 'down':
        return response.writeHead(503).end('down')
      case 'refuses':
        return response.writeHead(400).end('{"error":"invalid_request"}')
      case 'gone':
        return response.writeHead(410).end()
      case 'busy':
        return response.writeHead(429, { 'retry-after': '3600' }).end()
      case 'redirect':
        return response.writeHead(307, { location: `/${first}/elsewhere` }).end()
      case 'loses_answers':
        return request.socket.destroy()
      case 'hangs':
        return undefined
      case 'endless': {
        response.writeHead(200)
        const more = setInterval(() => response.write('x'.repeat(65_536)), 1)
        return response.on('close', () => clearInterval(more))
      }
    }
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
