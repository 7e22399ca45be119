/** Relying parties in Python: Authlib, and requests-oauth2client with PAR, JAR, DPoP and mutual TLS. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { thumbprintOf } from '../../src/certificates/presented-certificate.ts'
import type { MadeCertificate } from '../fakes/certificates.ts'
import { makeClientKey } from './client-keys.ts'
import { installTimeoutMs, pythonClients } from './clients/install.ts'
import { converse, type Program } from './clients/program.ts'
import { type CertificateDeployment, deployForCertificates, here } from './clients/servers.ts'
import { isPythonInstalled } from './installed-program.ts'
import type { ClientColumns } from './seed.ts'
import { signIn } from './sign-in.ts'
import { createUserAgent } from './user-agent.ts'

describe.runIf(isPythonInstalled('Python'))('in Python', () => {
  let program: (module: string) => Program
  beforeAll(async () => {
    program = await pythonClients()
  }, installTimeoutMs)

  async function run(module: string, flow: string, columns: ClientColumns, more: object = {}, server = here) {
    const client = await server.addClient(columns)
    const user = await server.addUser({ profile: { name: 'Python Person' } })
    const asked: URL[] = []
    const registration = { flow, issuer: server.issuer, ...client, ...more }
    const said = await converse(program(module), registration, (url) => {
      asked.push(new URL(url))
      return signIn(createUserAgent(), url, client.redirect_uri, { user })
    })
    const parameters = asked.flatMap(({ searchParams }) => [...searchParams.keys()]).sort()
    return { client, user, said, parameters }
  }

  /** Of a client that authenticates by its key. */
  async function keyed(columns: ClientColumns, alg = 'ES256') {
    const { private_key, jwks } = await makeClientKey(alg)
    return [{ token_endpoint_auth_method: 'private_key_jwt', jwks, ...columns }, { private_key }] as const
  }

  describe('Authlib', () => {
    it.each(['RS256', 'ES256', 'EdDSA'])(
      'signs a person in with PKCE, checks an ID token signed with %s, refreshes, introspects and revokes',
      async (algorithm) => {
        const columns = { id_token_signed_response_alg: algorithm }
        const { user, said } = await run('authlib_client', 'sign-in', columns)
        expect(said.result).toEqual({
          ...{ algorithm, subject: user.id, name: 'Python Person', has_at_hash: true },
          ...{ is_fooled: false, is_new: true, introspected: [true, user.id] },
          ...{ revoked: 200, after: { active: false } },
        })
      },
    )

    it.each(['RS256', 'ES256'])('authenticates with private_key_jwt by %s (RFC 7523)', async (alg) => {
      const { user, said } = await run('authlib_client', 'sign-in', ...(await keyed({}, alg)))
      expect(said.result).toMatchObject({ subject: user.id, is_new: true, after: { active: false } })
    })

    it('gets a token for itself, and none with the key of somebody else', async () => {
      const [columns, own] = await keyed({})
      const { said } = await run('authlib_client', 'client-credentials', columns, own)
      expect(said.result).toEqual({ scope: 'demo:read', token_type: 'Bearer' })
      const [, foreign] = await keyed({})
      const { refused } = (await run('authlib_client', 'client-credentials', columns, foreign)).said
      expect(refused?.error).toBe('invalid_client')
    })
  })

  describe('requests-oauth2client', () => {
    const signed = { id_token_signed_response_alg: 'PS256' }

    it('pushes its request (RFC 9126) for a client that must', async () => {
      const party = await keyed({ ...signed, require_pushed_authorization_requests: true })
      const { user, said, parameters } = await run('requests_client', 'pushed', ...party)
      expect(parameters).toEqual(['client_id', 'request_uri'])
      const expected = { token_type: 'Bearer', subject: user.id, refreshed: user.id, name: 'Python Person' }
      expect(said.result).toMatchObject(expected)
    })

    it.each(['ES256', 'PS256'])('signs its request with %s (RFC 9101)', async (alg) => {
      const required = { require_signed_request_object: true, request_object_signing_alg: alg }
      const party = await keyed({ ...signed, ...required }, alg)
      const { user, said, parameters } = await run('requests_client', 'signed', ...party)
      expect(parameters).toEqual(['client_id', 'request'])
      expect(said.result).toMatchObject({ subject: user.id, refreshed: user.id })
    })

    it('signs and pushes it; plain parameters are refused (FAPI 2.0 Message Signing §5.3)', async () => {
      const required = { require_signed_request_object: true, require_pushed_authorization_requests: true }
      const party = await keyed({ ...signed, ...required })
      const { user, said } = await run('requests_client', 'signed-and-pushed', ...party)
      expect(said.result).toMatchObject({ subject: user.id })
      const { refused } = (await run('requests_client', 'pushed', ...party)).said
      expect(refused?.error).toBe('invalid_request')
    })

    it.each(['ES256', 'PS256', 'EdDSA'])(
      'binds its tokens to a key with DPoP by %s: they are worth nothing without it (RFC 9449)',
      async (dpop_alg) => {
        const columns: ClientColumns = {
          ...{ ...signed, token_endpoint_auth_method: 'none', dpop_bound_access_tokens: true },
          grant_types: ['authorization_code', 'refresh_token'],
        }
        const { user, said } = await run('requests_client', 'dpop', columns, { dpop_alg })
        const { thumbprint, access_token, ...result } = said.result ?? {}
        expect(result).toEqual({
          ...{ token_type: 'DPoP', subject: user.id, refreshed: user.id, name: 'Python Person' },
          stolen: 401,
        })
        expect(decodeJwt(access_token as string)['cnf']).toEqual({ jkt: thumbprint })
      },
    )

    describe('with a certificate', () => {
      let deployment: CertificateDeployment
      let own: MadeCertificate
      let foreign: MadeCertificate
      beforeAll(async () => {
        deployment = await deployForCertificates('python')
        ;({ own, foreign } = deployment)
      })
      afterAll(() => deployment?.stop())

      const presenting = async (certificate: MadeCertificate) => {
        const columns = { ...signed, ...deployment.columns }
        const names = await deployment.namesOf(certificate)
        return run('requests_client', 'certificate', columns, names, deployment.server)
      }

      it('pushes, redeems and asks userinfo by mutual TLS; a stolen token is worth nothing (RFC 8705)', async () => {
        const { user, said } = await presenting(own)
        const thumbprint = await thumbprintOf({ der: own.der, distrust: undefined })
        expect(said.result).toEqual({
          ...{ token_type: 'Bearer', subject: user.id, refreshed: user.id, name: 'Python Person' },
          ...{ cnf: { 'x5t#S256': thumbprint }, stolen: 401 },
        })
      })

      it('is refused with the certificate of another client', async () => {
        expect((await presenting(foreign)).said.refused?.error).toBe('invalid_client')
      })
    })
  })
})
