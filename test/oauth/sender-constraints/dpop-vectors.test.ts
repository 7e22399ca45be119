/** What the SDK tells an API about DPoP proofs (`sdk/vectors`), and what this server says about the same ones. */
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../../src/kit/hash.ts'
import { checkProofClaims } from '../../../src/oauth/sender-constraints/dpop-claims.ts'
import { verifyProof } from '../../../src/oauth/sender-constraints/dpop-signature.ts'
import { readPresentedToken } from '../../../src/oauth/sender-constraints/presented-token.ts'
import { dpopSigningAlgs } from '../../../src/protocol/dpop-words.ts'
import { headersOf, readVectors } from '../../sdk/api/vectors.ts'

/** What is asked of others: the object of the user or client, the settings, the scheme of the token. */
const ofOthers = (error: string | undefined, before: unknown, scheme: string | undefined): boolean =>
  scheme !== 'DPoP' || error === 'use_dpop_nonce' || (before !== undefined && error !== undefined)

describe('sdk/vectors/dpop.json at this server', () => {
  const common = readVectors('dpop').cases.filter(({ input, expect: { error } }) => {
    const presented = readPresentedToken(new Request('https://any.example', { headers: headersOf(input) }))
    return headersOf(input).has('dpop') && !ofOthers(error, input.before, presented?.scheme)
  })

  it.each(common.map((vector) => [vector.name, vector] as const))('%s', async (_name, vector) => {
    const { method = '', url = '', now } = vector.input
    const request = new Request(url, { method, headers: headersOf(vector.input) })
    const token = readPresentedToken(request)?.token as string
    const { cnf } = decodeJwt<{ cnf?: { jkt?: unknown } }>(token)
    const signed = await verifyProof(request.headers.get('dpop') ?? '', dpopSigningAlgs, now * 1000)
    const target = { method, url, accessTokenHash: await sha256(token) }
    const isGood =
      typeof signed !== 'string' &&
      typeof checkProofClaims(signed.payload, target, now * 1000) !== 'string' &&
      signed.thumbprint === cnf?.jkt
    expect(isGood).toBe(vector.expect.error === undefined)
  })

  it('are most of them', () => {
    expect(common.length).toBeGreaterThan(80)
  })
})
