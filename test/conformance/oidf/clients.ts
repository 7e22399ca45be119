/** The clients of a plan, registered as an administrator does it: two, and one that sends its secret in the body. */
import { exportJWK, generateKeyPair } from 'jose'
import { makeCertificate } from '../../fakes/certificates.ts'
import { publicJwks } from '../client-keys.ts'
import { pemOf } from '../tls-proxy.ts'
import { openAdminApi } from './admin-api.ts'
import type { Plan } from './plans.ts'
import type { TestedServer } from './server.ts'

/** A client as the suite is told of it. */
export type SuiteClient = {
  readonly client_id: string
  readonly client_secret?: string
  readonly jwks?: { readonly keys: readonly object[] }
  readonly certificate?: { readonly cert: string; readonly key: string }
}

type Register = (members: object) => Promise<{ client_id: string; client_secret?: string }>

const everyScope = 'openid profile email address phone offline_access'

/** @param home where the suite serves this plan: `<origin>/test/a/<alias>` */
export async function makeClients(server: TestedServer, plan: Plan, home: string): Promise<SuiteClient[]> {
  if (plan.clients === 'self-registered') return []
  const admin = await openAdminApi(server)
  const register: Register = (members) => admin.post('/admin/clients', members)
  const shared = {
    redirect_uris: [`${home}/callback`, `${home}/callback?dummy1=lorem&dummy2=ipsum`],
    post_logout_redirect_uris: [`${home}/post_logout_redirect`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: plan.scope === undefined ? everyScope : `${plan.scope} offline_access`,
    ...plan.members,
    ...Object.fromEntries(
      Object.entries(plan.addresses ?? {}).map(([member, path]) => [member, `${home}/${path}`]),
    ),
  }
  const make = (name: string) => makeClient(plan, server, (own) => register({ ...shared, ...own }), name)
  const first = await make('first')
  const second = await make('second')
  if (plan.clients !== 'secret') return [first, second]
  const post = await register({
    ...{ ...shared, client_name: `Conformance ${plan.id} third` },
    token_endpoint_auth_method: 'client_secret_post',
  })
  return [first, second, post]
}

async function makeClient(
  { id, clients }: Plan,
  server: TestedServer,
  register: Register,
  order: string,
): Promise<SuiteClient> {
  const client_name = `Conformance ${id} ${order}`
  if (clients === 'secret')
    return register({ client_name, token_endpoint_auth_method: 'client_secret_basic' })
  const { publicKey, privateKey } = await generateKeyPair('PS256', { extractable: true })
  const kid = `${id}-${order}`
  const jwks = { keys: [{ ...(await exportJWK(privateKey)), kid, alg: 'PS256', use: 'sig' }] }
  const open = await publicJwks(publicKey, 'PS256', kid)
  if (clients === 'key') {
    const method = { token_endpoint_auth_method: 'private_key_jwt', jwks: open }
    return { client_id: (await register({ client_name, ...method })).client_id, jwks }
  }
  const certificate = await makeCertificate({ issuer: server.authority, subject: `CN=${kid}` })
  const method = {
    ...{ token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: `CN=${kid}`, jwks: open },
    tls_client_certificate_bound_access_tokens: true,
  }
  const { client_id } = await register({ client_name, ...method })
  return { client_id, jwks, certificate: await pemOf(certificate) }
}
