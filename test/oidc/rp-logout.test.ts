/** What a refused logout request is told (OpenID Connect RP-Initiated Logout 1.0 §2, §3). */
import { expect, it } from 'vitest'
import { en } from '../../src/messages/en.ts'
import { checkLogout } from '../../src/oidc/rp-logout.ts'
import { parseParameters } from '../../src/protocol/parameters.ts'
import { aClient } from '../fakes/client.ts'

const registered = 'https://app.example/signed-out'
const client = aClient({ client_id: 'shop', post_logout_redirect_uris: [registered] })

/** The reason for the log, and the words of the page. */
async function told(query: Record<string, string>) {
  const parameters = parseParameters(new URLSearchParams(query).toString())
  if (!parameters.ok) throw new Error(parameters.error)
  const checked = await checkLogout(
    { verifyJwt: async () => undefined, findClient: async (id) => (id === 'shop' ? client : undefined) },
    parameters.value,
  )
  return checked.ok ? undefined : [checked.error.description, checked.error.message?.(en)]
}

it.each([
  ['nobody says whose address it is', {}, /needs id_token_hint or client_id/, en.clientMissing],
  ['the client is not there', { client_id: 'gone' }, /client is not known/, en.clientUnknown],
  [
    'the client registered another address',
    { client_id: 'shop' },
    /is not registered for the client/,
    en.redirectUriUnregistered,
  ],
])('names the reason when %s', async (_, who, reason, words) => {
  const asked = { post_logout_redirect_uri: 'https://app.example/elsewhere', ...who }
  expect(await told(asked as Record<string, string>)).toEqual([expect.stringMatching(reason), words])
})

it('refuses nothing where the client registered the address', async () => {
  expect(await told({ client_id: 'shop', post_logout_redirect_uri: registered })).toBeUndefined()
})
