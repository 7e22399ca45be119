/** An invitation, made the way an administration program makes it: by a service account through the admin API. */
import type { Stage } from './stage.ts'

/** The link for somebody new. */
export async function invite(stage: Stage, email: string): Promise<string> {
  const scope = 'admin:users:write'
  const client = await stage.seed.addClient({ scopes: [scope], grant_types: ['client_credentials'] })
  const credentials = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')
  const granted = await fetch(`${stage.issuer}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  })
  const { access_token } = (await granted.json()) as { access_token: string }
  const invited = await fetch(`${stage.issuer}/admin/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ email, setup: { method: 'invitation' } }),
  })
  if (invited.status !== 201) throw new Error(`no invitation: ${await invited.text()}`)
  return ((await invited.json()) as { invitation_url: string }).invitation_url
}
