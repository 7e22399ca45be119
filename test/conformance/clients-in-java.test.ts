/** A relying party in Java: Nimbus' OAuth 2.0 SDK with PAR, JARM, private_key_jwt, DPoP and mutual TLS. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MadeCertificate } from '../fakes/certificates.ts'
import { makeClientKey } from './client-keys.ts'
import { installTimeoutMs, javaClient } from './clients/install.ts'
import { converse, type Program } from './clients/program.ts'
import { type CertificateDeployment, deployForCertificates, here } from './clients/servers.ts'
import { isInstalled } from './installed-program.ts'
import type { ClientColumns } from './seed.ts'
import { signIn } from './sign-in.ts'
import { createUserAgent } from './user-agent.ts'

describe.runIf(isInstalled('Java with Maven', 'javac', 'java', 'mvn'))('Nimbus OAuth 2.0 SDK', () => {
  let program: Program
  beforeAll(async () => {
    program = await javaClient()
  }, installTimeoutMs)

  /** A client all of whose tokens and responses are signed with `algorithm`. */
  async function run(algorithm: string, columns: ClientColumns, more: object, server = here) {
    const client = await server.addClient({
      ...{ id_token_signed_response_alg: algorithm, authorization_signed_response_alg: algorithm },
      require_pushed_authorization_requests: true,
      ...columns,
    })
    const user = await server.addUser({ profile: { name: 'Java Person' } })
    const arrived: URL[] = []
    const registration = { ...client, ...more, issuer: server.issuer, algorithm }
    const said = await converse(program, registration, async (url) => {
      const callback = await signIn(createUserAgent(), url, client.redirect_uri, { user })
      arrived.push(callback)
      return callback
    })
    const parameters = arrived.flatMap(({ searchParams }) => [...searchParams.keys()])
    const { id } = user
    const expected = {
      ...{ subject: id, userinfo_subject: id, refreshed_subject: id, name: 'Java Person' },
      // The response as another client would see it.
      is_fooled: false,
    }
    return { said, parameters, expected }
  }

  it.each([
    ['ES256', 'RS256'],
    ['RS256', 'PS256'],
    ['PS256', 'ES384'],
  ])(
    'authenticates with %s, pushes its request, and validates a response (JARM) and ID tokens signed with %s',
    async (alg, algorithm) => {
      const { private_key, jwks } = await makeClientKey(alg)
      const columns: ClientColumns = { token_endpoint_auth_method: 'private_key_jwt', jwks }
      const { said, parameters, expected } = await run(algorithm, columns, { private_key })
      expect(parameters).toEqual(['response'])
      const unbound = { token_type: 'Bearer', is_bound: false, stolen: 200 }
      expect(said.result).toEqual({ ...expected, ...unbound })
    },
  )

  it('is refused with the key of another client', async () => {
    const [{ jwks }, { private_key }] = [await makeClientKey('ES256'), await makeClientKey('ES256')]
    const columns: ClientColumns = { token_endpoint_auth_method: 'private_key_jwt', jwks }
    const { said } = await run('RS256', columns, { private_key })
    expect(said.refused?.error).toBe('invalid_client')
  })

  it('binds its tokens to a key with DPoP (RFC 9449)', async () => {
    const { private_key, jwks } = await makeClientKey('ES256')
    const columns: ClientColumns = {
      ...{ token_endpoint_auth_method: 'private_key_jwt', jwks, dpop_bound_access_tokens: true },
    }
    const { said, expected } = await run('ES256', columns, { private_key, dpop: true })
    expect(said.result).toEqual({ ...expected, token_type: 'DPoP', is_bound: true, stolen: 401 })
  })

  describe('with a certificate', () => {
    let deployment: CertificateDeployment
    let own: MadeCertificate
    let foreign: MadeCertificate
    beforeAll(async () => {
      deployment = await deployForCertificates('java')
      ;({ own, foreign } = deployment)
    })
    afterAll(() => deployment?.stop())

    const presenting = async (certificate: MadeCertificate) => {
      const names = await deployment.namesOf(certificate)
      return run('PS256', deployment.columns, names, deployment.server)
    }

    it('pushes, redeems and asks userinfo by mutual TLS; a stolen token is worth nothing (RFC 8705)', async () => {
      const { said, expected } = await presenting(own)
      expect(said.result).toEqual({ ...expected, token_type: 'Bearer', is_bound: true, stolen: 401 })
    })

    it('is refused with the certificate of another client', async () => {
      expect((await presenting(foreign)).said.refused?.error).toBe('invalid_client')
    })
  })
})
