/** The admin API as the run's service account calls it. */
import type { SeededClient } from '../seed.ts'

/** Whoever registers a client can give it no permission of an administrator that it has not itself. */
export const registrarScopes = ['admin:clients:read', 'admin:clients:write', 'admin:keys:write']

export type AdminApi = { post<T>(path: string, body: object): Promise<T> }

type Registrar = { readonly inner: string; readonly registrar: SeededClient }

export async function openAdminApi({ inner, registrar }: Registrar): Promise<AdminApi> {
  const answer = await fetch(`${inner}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${registrar.client_id}:${registrar.client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: registrarScopes.join(' ') }),
  })
  const { access_token } = (await read(answer)) as { access_token: string }
  return {
    post: async <T>(path: string, body: object) => {
      const response = await fetch(inner + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return (await read(response)) as T
    },
  }
}

/** New signing keys, while clients know the old ones. */
export async function rotateKeys(server: Registrar): Promise<void> {
  await (await openAdminApi(server)).post('/admin/keys/rotate', { alg: 'RS256' })
}

async function read(answer: Response): Promise<unknown> {
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${new URL(answer.url).pathname}: ${answer.status} ${text}`)
  return JSON.parse(text)
}
