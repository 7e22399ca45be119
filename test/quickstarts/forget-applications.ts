/** Deletes what quickstarts have registered: several have an API at the same address. */
import type { Surroundings } from './follow-quickstart.ts'

interface Listed {
  readonly client_id?: string
  readonly name?: string
  readonly resource?: string | null
  readonly resources?: readonly string[]
}

export async function forgetApplications({
  issuer,
  authly,
}: Surroundings & { readonly issuer: string }): Promise<void> {
  const call = async (path: string, method = 'GET'): Promise<readonly Listed[]> => {
    const headers = { authorization: `Bearer ${authly['AUTHLY_TOKEN']}`, 'if-match': '*' }
    const answer = await fetch(`${issuer}/admin/${path}`, { method, headers })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return method === 'GET' ? ((await answer.json()) as { items: readonly Listed[] }).items : []
  }
  const isLocal = (resource?: string | null) => resource?.startsWith('http://localhost:300') ?? false
  const forget = (path: string, id = '') => call(`${path}/${encodeURIComponent(id)}`, 'DELETE')
  for (const { client_id, resources = [] } of await call('clients?limit=100'))
    if (resources.some(isLocal)) await forget('clients', client_id)
  for (const { name, resource } of await call('scopes?limit=100'))
    if (isLocal(resource)) await forget('scopes', name)
  for (const { resource } of await call('resource-servers?limit=100'))
    if (isLocal(resource)) await forget('resource-servers', resource ?? '')
}
