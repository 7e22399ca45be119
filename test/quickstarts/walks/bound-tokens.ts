/** What an API does with tokens that are bound to a key (RFC 9449), and with proofs that are not for its request. */
import { createHash, randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect } from 'vitest'
import { demoResource, demoScopes } from '../../conformance/seed.ts'
import type { Scene } from './walk.ts'

type Proof = Readonly<Record<string, unknown>>

/** @param api its route for GET, and the scope that it demands, which is registered for the resource */
export async function checksBoundTokens(
  { seed, issuer }: Pick<Scene, 'seed' | 'issuer'>,
  api: { readonly url: string; readonly resource: string; readonly scope: string },
): Promise<void> {
  const own = await generateKeyPair('ES256')
  const other = await generateKeyPair('ES256')
  const prove = async (claims: Proof, keys = own, typ = 'dpop+jwt') =>
    new SignJWT({ jti: randomUUID(), iat: seconds(), ...claims })
      .setProtectedHeader({ typ, alg: 'ES256', jwk: await exportJWK(keys.publicKey) })
      .sign(keys.privateKey)

  const client = await seed.addClient({
    grant_types: ['client_credentials'],
    scopes: [api.scope, ...demoScopes],
    resources: [api.resource, demoResource],
  })
  const token = async (scope: string, resource: string, isBound = true): Promise<string> => {
    const url = `${issuer}/oauth/token`
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${client.client_id}:${client.client_secret}`)}`,
        ...(isBound ? { dpop: await prove({ htm: 'POST', htu: url }) } : {}),
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope }),
    })
    const { access_token: text } = (await answer.json()) as { access_token?: string }
    if (text === undefined) throw new Error(`no token: ${answer.status}`)
    return text
  }
  const bound = await token(api.scope, api.resource)
  const good = { htm: 'GET', htu: api.url, ath: digest(bound) }
  const call = async (authorization: string, ...proofs: string[]): Promise<number> => {
    const headers = new Headers({ authorization })
    for (const proof of proofs) headers.append('dpop', proof)
    return (await fetch(api.url, { headers })).status
  }
  const used = await prove(good)
  expect(await call(`DPoP ${bound}`, used)).toBe(200)
  expect(await call(`dpop ${bound}`, await prove(good))).toBe(200)
  expect(await call(`Bearer ${await token(api.scope, api.resource, false)}`)).toBe(200)

  const refused: Readonly<Record<string, () => Promise<number>>> = {
    'a proof for the second time': () => call(`DPoP ${bound}`, used),
    'no proof': () => call(`DPoP ${bound}`),
    'a bound token as a bearer token': async () => call(`Bearer ${bound}`, await prove(good)),
    'a bearer token with a proof': async () => {
      const text = await token(api.scope, api.resource, false)
      return call(`DPoP ${text}`, await prove({ ...good, ath: digest(text) }))
    },
    'another key': async () => call(`DPoP ${bound}`, await prove(good, other)),
    'another method': async () => call(`DPoP ${bound}`, await prove({ ...good, htm: 'POST' })),
    'another path': async () => call(`DPoP ${bound}`, await prove({ ...good, htu: `${api.url}/1` })),
    'another host': async () =>
      call(`DPoP ${bound}`, await prove({ ...good, htu: api.url.replace('localhost', 'evil.example') })),
    'another token': async () => call(`DPoP ${bound}`, await prove({ ...good, ath: digest('another') })),
    'no token in it': async () => call(`DPoP ${bound}`, await prove({ htm: 'GET', htu: api.url })),
    'an old proof': async () => call(`DPoP ${bound}`, await prove({ ...good, iat: seconds() - 600 })),
    'a proof of tomorrow': async () => call(`DPoP ${bound}`, await prove({ ...good, iat: seconds() + 600 })),
    'another type of JWT': async () => call(`DPoP ${bound}`, await prove(good, own, 'JWT')),
    'no jti': async () => call(`DPoP ${bound}`, await prove({ ...good, jti: undefined })),
    'what is no JWT': () => call(`DPoP ${bound}`, 'a.b.c'),
    'two proofs': async () => call(`DPoP ${bound}`, await prove(good), await prove(good)),
    'a token for another API': async () => call(`Bearer ${await token('demo:read', demoResource, false)}`),
    'the proof as the token': async () => call(`Bearer ${await prove(good)}`),
  }
  const answers = await Promise.all(
    Object.entries(refused).map(async ([name, attempt]) => [name, await attempt()]),
  )
  expect(Object.fromEntries(answers)).toEqual(
    Object.fromEntries(Object.keys(refused).map((name) => [name, 401])),
  )
}

const seconds = () => Math.floor(Date.now() / 1000)
const digest = (text: string) => createHash('sha256').update(text).digest('base64url')
