import { describe, expect, it } from 'vitest'
import type { Client } from '../../../../src/clients/client.ts'
import { createRootSecret } from '../../../../src/kit/root-secret.ts'
import {
  type PushedRequest,
  sealPushedRequest,
} from '../../../../src/oauth/authorize/request-sources/pushed-request.ts'
import { resolveRequest } from '../../../../src/oauth/authorize/resolve-request.ts'
import { parseParameters } from '../../../../src/protocol/parameters.ts'
import { aClient } from '../../../fakes/client.ts'

const now = 1_800_000_000_000
const rootOf = (byte: number) => createRootSecret(Buffer.alloc(32, byte).toString('base64url'))
const root = rootOf(1)
const client = aClient({ request_uris: ['https://app.example/request.jwt#c3ZlbnR5'] })

const pushed: PushedRequest = {
  parameters: 'client_id=app&state=s',
  provenance: { pushed: true, signed: false, once: { id: 'x', keep_until: now + 1 } },
  expires_at: now + 1,
}

let fetched: string[] = []

async function resolve(
  fields: Record<string, string>,
  of: Client = client,
  endpoint: 'authorize' | 'par' = 'authorize',
) {
  const parameters = parseParameters(new URLSearchParams({ client_id: of.client_id, ...fields }).toString())
  if (!parameters.ok) throw new Error(parameters.error)
  fetched = []
  return resolveRequest(
    {
      config: { issuer: 'https://auth.example', interactionTtlSeconds: 1800 },
      ...{ now: () => now, root },
      fetchClientJwks: async () => ({ keys: [] }),
      decryptJwe: async () => undefined,
      fetchRequestObject: async (uri) => {
        fetched.push(uri)
        return uri.includes('request.jwt') ? 'e30.e30.e30' : undefined
      },
    },
    endpoint,
    { parameters: parameters.value, client: of },
  )
}

const errorOf = (outcome: Awaited<ReturnType<typeof resolve>>) =>
  outcome.ok ? undefined : outcome.error.refusal.error

describe('a pushed request (RFC 9126)', () => {
  it('is what was pushed, whatever stands beside its handle (§4)', async () => {
    const request_uri = await sealPushedRequest(root, 'app', pushed)
    expect(request_uri).toMatch(/^urn:ietf:params:oauth:request_uri:[\w-]+$/)
    const outcome = await resolve({ request_uri, state: 'theirs', prompt: 'none' })
    if (!outcome.ok) throw new Error(outcome.error.refusal.description)
    expect(outcome.value.parameters.encoded).toBe(pushed.parameters)
    expect(outcome.value.provenance).toEqual(pushed.provenance)
  })

  it('is refused in one way, however it is not good (§2.2, §7)', async () => {
    const handle = await sealPushedRequest(root, 'app', pushed)
    const bad = {
      expired: await sealPushedRequest(root, 'app', { ...pushed, expires_at: now }),
      ofAnotherClient: await sealPushedRequest(root, 'other', pushed),
      ofAnotherServer: await sealPushedRequest(rootOf(2), 'app', pushed),
      changed: `${handle.slice(0, -2)}${handle.endsWith('AA') ? 'BB' : 'AA'}`,
      cut: handle.slice(0, -8),
      longer: `${handle}A`,
      empty: 'urn:ietf:params:oauth:request_uri:',
      huge: `urn:ietf:params:oauth:request_uri:${'A'.repeat(13_000)}`,
    }
    const refusals = new Set<string>()
    for (const [name, request_uri] of Object.entries(bad)) {
      const outcome = await resolve({ request_uri })
      if (outcome.ok) throw new Error(`${name} was accepted`)
      const { detail: _, message: __, ...refusal } = outcome.error.refusal
      expect(refusal.error, name).toBe('invalid_request_uri')
      expect(outcome.error.parameters, name).toBeUndefined()
      refusals.add(JSON.stringify(refusal))
    }
    expect(refusals.size).toBe(1)
  })
})

describe('a request_uri that is an address (RFC 9101 §5.2, OpenID Connect Core §6.2)', () => {
  it('is fetched if the client registered it, with any fragment', async () => {
    for (const request_uri of ['https://app.example/request.jwt', 'https://app.example/request.jwt#bmV3']) {
      expect(errorOf(await resolve({ request_uri }))).toBe('invalid_request_object')
      expect(fetched).toEqual([request_uri])
    }
  })

  it.each([
    'https://evil.example/request.jwt',
    'https://app.example/request.jwt?x',
    'https://app.example/request.jwt/',
    'https://app.example/Request.jwt',
    'https://app.example:443/request.jwt',
    'https://app.example@evil.example/request.jwt',
    'http://app.example/request.jwt',
    'data:,e30.e30.',
    'URN:ietf:params:oauth:request_uri:x',
    '#https://app.example/request.jwt',
  ])('is not fetched as %s (§10.4.1: server-side request forgery)', async (request_uri) => {
    expect(errorOf(await resolve({ request_uri }))).toBe('invalid_request_uri')
    expect(fetched).toEqual([])
  })

  it('that does not answer is invalid_request_uri', async () => {
    const absent = aClient({ request_uris: ['https://app.example/absent'] })
    expect(errorOf(await resolve({ request_uri: 'https://app.example/absent' }, absent))).toBe(
      'invalid_request_uri',
    )
  })
})

describe('one request', () => {
  it('comes from one source (RFC 9101 §5)', async () => {
    const request_uri = await sealPushedRequest(root, 'app', pushed)
    expect(errorOf(await resolve({ request_uri, request: 'e30.e30.e30' }))).toBe('invalid_request')
  })

  it('is not pushed as a reference (RFC 9126 §2.1)', async () => {
    const handle = await sealPushedRequest(root, 'app', pushed)
    for (const request_uri of [handle, 'https://app.example/request.jwt', 'x']) {
      expect(errorOf(await resolve({ request_uri }, client, 'par'))).toBe('invalid_request')
      expect(fetched).toEqual([])
    }
  })
})
