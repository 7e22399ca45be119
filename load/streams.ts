/** Requests at a constant rate: who asks for what. */
import type { HttpRequest, RequestPlan } from '../bench/target.ts'
import { formPost } from '../bench/targets/requests.ts'
import { apiScope, authlySecret } from '../bench/targets/seed-authly.ts'
import { clientIds, type LoadServer } from './server.ts'
import type { Stream } from './sizes.ts'

export const streamTitles = {
  tokens: 'Token: client_credentials',
  refreshes: 'Token: refresh with rotation',
  introspections: 'Introspect',
  held: 'JWKS, over the connections that are held',
  pages: 'List of accounts, page by page',
} as const
export type StreamName = keyof typeof streamTitles

export interface PlannedStream extends Stream {
  readonly name: StreamName
  /** What is sent next; refresh tokens that a run left over come back. */
  plan(): RequestPlan
  keep(tokensLeft: readonly string[]): void
}

const credentials = (clientId: string) => ({ client_id: clientId, client_secret: authlySecret })

/** All streams over one server. Refresh tokens are shared: each is used once. */
export function planStreams(server: LoadServer, pages: readonly HttpRequest[]) {
  const { port, people } = server
  let refreshTokens: readonly string[] = people.flatMap(({ refresh_token }) => refresh_token ?? [])
  const ok = { status: [200] }
  const rotate = (requests: readonly HttpRequest[], bodyContains?: string): RequestPlan => ({
    ...{ kind: 'rotate', port, requests },
    expect: bodyContains === undefined ? ok : { ...ok, bodyContains },
  })
  const plans: Record<StreamName, () => RequestPlan> = {
    tokens: () =>
      rotate(
        [
          formPost('/oauth/token', {
            ...{ grant_type: 'client_credentials', scope: apiScope, ...credentials(clientIds.service) },
          }),
        ],
        '"access_token"',
      ),
    refreshes: () => ({
      ...{ kind: 'successor', port, tokens: refreshTokens, expect: { ...ok, bodyContains: '"id_token"' } },
      template: formPost('/oauth/token', {
        ...{ grant_type: 'refresh_token', refresh_token: '{token}', ...credentials(clientIds.own) },
      }),
    }),
    introspections: () =>
      rotate(
        people.map(({ access_token: token }) =>
          formPost('/oauth/introspect', { token, ...credentials(clientIds.own) }),
        ),
        '"active":true',
      ),
    held: () => rotate([{ method: 'GET', path: '/.well-known/jwks.json', headers: {} }], '"keys"'),
    pages: () => rotate(pages, '"page_info"'),
  }
  return (name: StreamName, stream: Stream): PlannedStream => ({
    ...{ name, ...stream, plan: plans[name] },
    keep: (tokensLeft) => {
      if (name === 'refreshes') refreshTokens = tokensLeft
    },
  })
}

/** A request for each page of the list of all accounts, each asked for by another administrator. */
export async function findPages(server: LoadServer, accountsPerPage: number): Promise<HttpRequest[]> {
  const pages: HttpRequest[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const token = server.administrators[pages.length % server.administrators.length]?.access_token
    const path = `/admin/users?limit=${accountsPerPage}${cursor === '' ? '' : `&cursor=${cursor}`}`
    const headers = { authorization: `Bearer ${token}` }
    pages.push({ method: 'GET', path, headers })
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers })
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`)
    const page = (await answer.json()) as { page_info: { next_cursor: string | null } }
    cursor = page.page_info.next_cursor
  }
  return pages
}
