/** Every sender constraint, present and future, keeps the promises of the list, with every grant type. */
import { env } from 'cloudflare:test'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../src/clients/client.ts'
import { baseRules } from '../../src/clients/profile.ts'
import { grantTypes } from '../../src/oauth/grants/index.ts'
import { checkSender } from '../../src/oauth/sender-constraints/check-sender.ts'
import { senderConstraints } from '../../src/oauth/sender-constraints/index.ts'
import { proveSender } from '../../src/oauth/sender-constraints/prove-sender.ts'
import type { Confirmation } from '../../src/protocol/token-confirmation.ts'
import { fieldOf, type MadeCertificate, makeCertificate } from '../fakes/certificates.ts'
import { aClient } from '../fakes/client.ts'
import { createDpopKey, type DpopKey } from '../fakes/dpop-key.ts'
import { testDependencies } from '../worker/admin-client.ts'
import {
  type Answer,
  addSignedIn,
  addTokenClient,
  codeFor,
  getUserInfo,
  introspect,
  postAs,
  redeem,
  refresh,
  type TokenClient,
  tokenUrl,
} from '../worker/token-client.ts'

type Member = keyof Confirmation

/** How a test offers the proof of each constraint. */
interface Prover {
  /** Members of a client that must offer it. */
  readonly demand: Partial<Client>
  headers(): Promise<Record<string, string>>
  /** Where the deployment must be set up for it. */
  readonly bindings?: Env
}

let key: DpopKey
let certificate: MadeCertificate
/** One object for all requests: an isolate keeps what it derives from it. */
const behindProxy = {
  ...env,
  ...{ AUTHLY_CLIENT_ADDRESS: 'proxy', AUTHLY_MTLS_ORIGIN: 'https://mtls.auth.test' },
} as Env
const provers: Readonly<Partial<Record<Member, Prover>>> = {
  jkt: {
    demand: { dpop_bound_access_tokens: true },
    headers: async () => ({ dpop: await key.prove(tokenUrl) }),
  },
  'x5t#S256': {
    demand: { tls_client_certificate_bound_access_tokens: true },
    headers: async () => ({ 'client-cert': fieldOf(certificate) }),
    bindings: behindProxy,
  },
}
const proverOf = (member: Member): Prover => {
  const prover = provers[member]
  if (!prover) throw new Error(`this suite needs a prover of ${member}`)
  return prover
}

beforeAll(async () => {
  key = await createDpopKey()
  certificate = await makeCertificate()
})

describe.each(senderConstraints)('the constraint $member', (constraint) => {
  const { member, tokenType } = constraint
  const { demand, headers, bindings = env } = proverOf(member)
  const plain = new Request(tokenUrl, { method: 'POST' })

  it('is asked for by its client member and by the request, and by nothing else', async () => {
    const { config } = testDependencies(bindings)
    expect(constraint.isAsked(plain, aClient(demand), config)).toBe(true)
    expect(constraint.isAsked(plain, aClient(), config)).toBe(false)
    const offering = new Request(tokenUrl, { method: 'POST', headers: await headers() })
    expect(constraint.isAsked(offering, aClient(demand), config)).toBe(true)
  })

  it('is refused, never thrown, without a proof', async () => {
    const needs = testDependencies(bindings)
    const proven = await constraint.prove(needs, { request: plain, client: aClient(demand) })
    expect(proven).toMatchObject({ ok: false, error: { status: 400 } })
    const atResource = await constraint.prove(needs, { request: plain, client: aClient(), accessToken: 'x' })
    expect(atResource).toMatchObject({ ok: false, error: { status: 401, challenge: expect.any(String) } })
  })

  it('binds what every grant type issues, and only so may it be used', async () => {
    const client = await addTokenClient(demand as Parameters<typeof addTokenClient>[0])
    const person = await addSignedIn()
    const exchanges: Readonly<Record<string, (client: TokenClient) => Promise<Answer>>> = {
      authorization_code: async () =>
        redeem(client, await codeFor(client, person), await headers(), bindings),
      refresh_token: async () => {
        const { json } = await redeem(client, await codeFor(client, person), await headers(), bindings)
        return refresh(client, json['refresh_token'], await headers(), bindings)
      },
      client_credentials: async () =>
        postAs(client, tokenUrl, { grant_type: 'client_credentials' }, await headers(), bindings),
    }
    for (const { type } of grantTypes) {
      const exchange = exchanges[type]
      if (!exchange) throw new Error(`this suite needs an exchange of ${type}`)
      const answer = await exchange(client)
      const token = String(answer.json['access_token'])
      expect([type, answer.status, answer.json['token_type']]).toEqual([type, 200, tokenType])
      expect(decodeJwt(token)).toMatchObject({ cnf: { [member]: expect.any(String) } })
      expect((await introspect(client, token)).json).toMatchObject({
        ...{ active: true, token_type: tokenType, cnf: { [member]: expect.any(String) } },
      })
      for (const scheme of ['Bearer', 'DPoP']) {
        expect((await getUserInfo(`${scheme} ${token}`, {}, bindings)).status).toBe(401)
      }
    }
  })
})

describe('the list of sender constraints', () => {
  it('fills each member of cnf once', () => {
    const members = senderConstraints.map(({ member }) => member)
    expect(new Set(members).size).toBe(members.length)
  })

  it('refuses whoever offers none, where a profile demands one', async () => {
    const client = aClient({ rules: { ...baseRules, sender_constraint_required: true } })
    const request = new Request(tokenUrl, { method: 'POST' })
    expect(await proveSender(testDependencies(), { request, client })).toMatchObject({ ok: false })
    const offering = new Request(tokenUrl, { method: 'POST', headers: { dpop: await key.prove(tokenUrl) } })
    const proven = await proveSender(testDependencies(), { request: offering, client })
    expect(proven).toMatchObject({ ok: true, value: { cnf: { jkt: key.thumbprint } } })
  })

  it('fails closed: a key that nobody here can ask for is not proven', async () => {
    const used = {
      request: new Request(tokenUrl),
      findClient: async () => aClient(),
      presented: { scheme: 'Bearer', token: 'x' } as const,
    }
    for (const cnf of [{ 'x5t#S512': 'x' }, { kid: 'x' }, { jwk: {} }]) {
      const checked = await checkSender(testDependencies(), { ...used, cnf: cnf as Confirmation })
      expect(checked).toMatchObject({ ok: false, error: { error: 'invalid_token', status: 401 } })
    }
  })

  it('asks nothing of whoever needs nothing, at once', () => {
    const request = new Request(tokenUrl)
    expect(proveSender(testDependencies(), { request, client: aClient() })).toMatchObject({ ok: true })
    const used = { request, findClient: async () => aClient(), cnf: undefined }
    const presented = { scheme: 'Bearer', token: 'x' } as const
    expect(checkSender(testDependencies(), { ...used, presented })).toMatchObject({ ok: true })
  })
})
