import { describe, expect, it } from 'vitest'
import type { Client } from '../../../src/clients/client.ts'
import { sha256 } from '../../../src/kit/hash.ts'
import {
  type AuthenticateClientNeeds,
  authenticateClient,
} from '../../../src/oauth/client-auth/authenticate-client.ts'
import { parseParameters } from '../../../src/protocol/parameters.ts'
import type { RateLimitDecision } from '../../../src/rate-limits/rate-limiter.ts'
import { aClient } from '../../fakes/client.ts'

/** Whose permits a request spends. */
async function spender(client: Client, body: string, ip: string | undefined, exhausted = false) {
  const spent: string[] = []
  const needs = {
    config: { issuer: 'https://auth.example' },
    now: () => 0,
    findClient: async (clientId: string, options?: { onlyKnown?: boolean }) => {
      if (clientId === client.client_id) return client
      if (!options?.onlyKnown) spent.push('lookup')
      return undefined
    },
    rateLimiter: {
      isSpent: (policy: string) => policy === 'token-ip-unauthenticated' && exhausted,
      take: async (policy: string, subject: string) => {
        spent.push(`${policy} ${subject}`)
        return { policy, allowed: true, limit: 1, windowSeconds: 1, remaining: 0, retryAfterSeconds: 0 }
      },
    },
    recordEvent: () => {},
  } as unknown as AuthenticateClientNeeds & { rateLimiter: { take(): Promise<RateLimitDecision> } }
  const form = parseParameters(body)
  if (!form.ok) throw new Error(form.error)
  const origin = { ip, user_agent: undefined, request_id: 'r' }
  await authenticateClient(needs, new Request('https://auth.example/oauth/token'), form.value, origin)
  return spent.join()
}

describe('permits of the token endpoint', () => {
  const open = aClient({ token_endpoint_auth_method: 'none' })

  it('a public client’s are counted per address, because anybody can send its id', async () => {
    expect(await spender(open, 'client_id=app', '203.0.113.1')).toBe('token-client app|203.0.113.1')
    expect(await spender(open, 'client_id=app', undefined)).toBe('token-client app|unknown')
  })

  it('one host has no bucket of its own for each of its 2^64 IPv6 addresses', async () => {
    const first = await spender(open, 'client_id=app', '2001:db8:1:2::1')
    expect(await spender(open, 'client_id=app', '2001:db8:1:2:ffff::9')).toBe(first)
    expect(await spender(open, 'client_id=app', '2001:db8:1:3::1')).not.toBe(first)
  })

  it('a proven client’s are its own wherever it calls from; a failure is charged to the address', async () => {
    const secrets = [{ secret_hash: await sha256('right'), expires_at: undefined }]
    const confidential = aClient({ token_endpoint_auth_method: 'client_secret_post', secrets })
    const call = (secret: string) => spender(confidential, `client_id=app&client_secret=${secret}`, '::1')
    expect(await call('right')).toBe('token-client app')
    expect(await call('wrong')).toBe('token-ip-unauthenticated ::1')
  })

  it('an address without permits cannot make this server look up made-up clients; known ones it still serves', async () => {
    expect(await spender(open, 'client_id=made-up', '::1')).toBe('lookup,token-ip-unauthenticated ::1')
    expect(await spender(open, 'client_id=made-up', '::1', true)).toBe('token-ip-unauthenticated ::1')
    expect(await spender(open, 'client_id=app', '203.0.113.1', true)).toBe('token-client app|203.0.113.1')
  })
})
