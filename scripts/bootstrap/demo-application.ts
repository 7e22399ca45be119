/** The client of the demo application that `npm start` serves, and a person to sign in to it. Development only. */
import type pg from 'pg'
import { uuidv7 } from '../../src/kit/ids.ts'
import { formsOf } from '../../src/users/account-normal-forms.ts'
import { demoResource } from './demo-clients.ts'
import { hashPassword, makePassword } from './passwords.ts'

export const demoApplicationId = 'demo-app'

export type DemoPerson = { username: string; password: string }

/** @param origin where the demo is served: a start on another port moves it. */
export async function keepDemoApplication(client: pg.ClientBase, origin: string): Promise<void> {
  const own = {
    client_id: demoApplicationId,
    client_name: 'Authly demo',
    application_type: 'web',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [`${origin}/`],
    // No administrative ones: what runs in a page may do no more than its person came for.
    scopes: ['openid', 'profile', 'email', 'demo:read', 'demo:write'],
    resources: [demoResource.resource],
    // So that consent can be seen.
    first_party: false,
    dpop_bound_access_tokens: true,
    // Short, so that refreshing can be watched, and the end of a session is noticed soon.
    access_token_ttl_seconds: 60,
  }
  const columns = Object.keys(own)
  await client.query(
    `INSERT INTO clients (${columns.join(', ')}) VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})
     ON CONFLICT (client_id) DO UPDATE
       SET redirect_uris = excluded.redirect_uris, post_logout_redirect_uris = excluded.post_logout_redirect_uris,
           version = clients.version + 1, updated_at = now()
       WHERE clients.redirect_uris <> excluded.redirect_uris`,
    Object.values(own),
  )
}

/** @returns undefined if there is somebody of that name: whoever it is keeps the password */
export async function addDemoPerson(client: pg.ClientBase): Promise<DemoPerson | undefined> {
  const wanted = { username: 'ada', email: 'ada@authly.local', profile: { name: 'Ada Lovelace' } }
  const { username_form, email_form, name_form, form_version } = formsOf(wanted)
  const id = uuidv7()
  const { rowCount } = await client.query(
    `INSERT INTO users (id, username, email, email_verified, profile,
       username_form, email_form, name_form, form_version)
     SELECT $1, $2, $3, true, $4, $5, $6, $7, $8
     WHERE NOT EXISTS (
       SELECT 1 FROM users
       WHERE coalesce(username_form, lower(username)) IN ($5, $6) OR coalesce(email_form, lower(email)) IN ($5, $6))
     ON CONFLICT DO NOTHING`,
    [id, wanted.username, wanted.email, wanted.profile, username_form, email_form, name_form, form_version],
  )
  if (rowCount === 0) return undefined
  const password = makePassword()
  await client.query('INSERT INTO password_credentials (user_id, hash, must_change) VALUES ($1, $2, false)', [
    id,
    await hashPassword(password),
  ])
  return { username: wanted.username, password }
}
