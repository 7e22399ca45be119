/** The Authly that a run tests: the production bundle behind a proxy that ends TLS, with somebody who signs in. */
import { startStack } from '../../../scripts/stack/start-stack.ts'
import { type MadeCertificate, makeCertificate, makeKeys } from '../../fakes/certificates.ts'
import { conformanceVars } from '../global-setup.ts'
import { createSeed, type SeededClient, type SeededUser } from '../seed.ts'
import { startTlsProxy } from '../tls-proxy.ts'
import { registrarScopes } from './admin-api.ts'
import type { Suite } from './suite.ts'

export type TestedServer = {
  readonly issuer: string
  /** Where clients connect with a certificate. */
  readonly mtlsOrigin: string
  /** Without TLS: for this run itself. */
  readonly inner: string
  /** Signs in: has every claim, and may use the admin API. */
  readonly person: SeededUser
  /** Signs in and consents to nothing, so that the consent page comes. */
  readonly refuser: SeededUser
  /** Its service account makes the clients. */
  readonly registrar: SeededClient
  /** Signs the certificates of clients. */
  readonly authority: MadeCertificate
  stop(): Promise<void>
}

const plenty = { capacity: 1_000_000, per_seconds: 60 }
const limits = ['login-ip', 'login-device', 'client-registration', 'client-registration-ip', 'admin-actor']
const rateLimits = {
  ...JSON.parse(conformanceVars.AUTHLY_RATE_LIMITS),
  ...Object.fromEntries([...limits, 'client-management-ip'].map((name) => [name, plenty])),
}

const rsa = {
  ...{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048 },
  publicExponent: new Uint8Array([1, 0, 1]),
}

const claims = {
  ...{ name: 'Connie Formance', given_name: 'Connie', family_name: 'Formance', middle_name: 'M' },
  ...{ nickname: 'con', profile: 'https://example.test/con', picture: 'https://example.test/con.png' },
  ...{ website: 'https://example.test/', gender: 'female', birthdate: '1990-02-03' },
  ...{ zoneinfo: 'Europe/Berlin', locale: 'de-DE' },
  address: {
    ...{ formatted: 'Street 1\n12345 Town', street_address: 'Street 1', locality: 'Town' },
    ...{ postal_code: '12345', country: 'DE' },
  },
}

/** @param suite what the server fetches from: key sets, request objects, addresses of logout */
export async function startTestedServer(suite: Suite): Promise<TestedServer> {
  const server = await makeCertificate({
    ...{ subject: 'CN=localhost', names: [{ type: 'dns', value: 'localhost' }] },
    keys: await makeKeys(rsa),
  })
  const authority = await makeCertificate({ subject: 'CN=Authority', isAuthority: true })
  const proxy = await startTlsProxy({ server, authority, isHttps: true })
  const stack = await startStack({
    issuer: proxy.issuer,
    trustedCertificates: [suite.certificate],
    output: process.env['AUTHLY_TEST_LOG'] === undefined ? 'ignore' : 'inherit',
    vars: {
      ...conformanceVars,
      AUTHLY_CLIENT_ADDRESS: 'proxy',
      AUTHLY_MTLS_ORIGIN: proxy.mtlsOrigin,
      AUTHLY_PROXY_VERIFIES_CERTIFICATES: 'true',
      AUTHLY_SESSION_MANAGEMENT: 'true',
      AUTHLY_RATE_LIMITS: JSON.stringify(rateLimits),
    },
    settings: { 'client_registration.mode': 'open', 'client_registration.profile': 'oidc' },
  })
  proxy.passTo(stack.port)
  const inner = `http://127.0.0.1:${stack.port}`
  await fetch(`${inner}/.well-known/jwks.json`)
  const seed = createSeed(stack.database_owner_url)
  const person = await seed.addUser({ email: 'conformance@example.test', profile: claims })
  await seed.database.query(
    `UPDATE users SET phone_number = '+4930123456', phone_number_verified = true, roles = '{admin}' WHERE id = $1`,
    [person.id],
  )
  const registrar = await seed.addClient({
    ...{ client_name: 'Registrar', grant_types: ['client_credentials'], redirect_uris: [] },
    ...{ post_logout_redirect_uris: [], response_types: [], resources: [], scopes: registrarScopes },
  })
  return {
    ...{
      issuer: proxy.issuer,
      mtlsOrigin: proxy.mtlsOrigin,
      inner,
      person,
      refuser: await seed.addUser(),
      registrar,
      authority,
    },
    stop: async () => {
      await seed.close().catch(() => undefined)
      await stack.stop()
      await proxy.close()
    },
  }
}
