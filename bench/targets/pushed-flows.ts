/** Flows that begin with a pushed request (RFC 9126), of people who are signed in. */
import type { FlowPlan, FlowStep, HttpRequest } from '../target.ts'
import { assertion, dpopProof } from './proven-requests.ts'
import { authorizeParameters, formPost, verifier } from './requests.ts'

export interface FlowServer {
  readonly port: number
  readonly issuer: string
  readonly paths: Readonly<Record<'par' | 'authorize' | 'token', string>>
  readonly redirectUri: string
  /** `Cookie` headers of the people. */
  readonly cookies: readonly string[]
}

export interface FlowClient {
  readonly clientId: string
  readonly scope: string
}

const pushed: FlowStep = { expect: { status: [201] }, brings: 'request_uri' }
const authorized: FlowStep = {
  expect: { status: [302, 303], locationContains: 'code=' },
  brings: 'code',
}
const redeemed: FlowStep = { expect: { status: [200], bodyContains: '"token_type":"DPoP"' } }

const push = (
  { paths, redirectUri }: FlowServer,
  { clientId, scope }: FlowClient,
  credentials: Readonly<Record<string, string>>,
): HttpRequest =>
  formPost(paths.par, { ...authorizeParameters(clientId, redirectUri, scope), ...credentials })

/** The redirect of the `index`th flow: each is of the next person. */
const authorize = ({ paths, cookies }: FlowServer, { clientId }: FlowClient, index: number): HttpRequest => ({
  method: 'GET',
  path: `${paths.authorize}?${new URLSearchParams({ client_id: clientId })}&request_uri={request_uri}`,
  headers: { Cookie: cookies[index % cookies.length] ?? '' },
})

/** PAR by a client with a secret, then authorize. */
export const pushedFlows = (
  server: FlowServer,
  client: FlowClient & { readonly secret: string },
  wanted: number,
): FlowPlan => ({
  ...{ kind: 'flow', port: server.port, steps: [pushed, authorized] },
  flows: Array.from({ length: wanted }, (_, index) => [
    push(server, client, { client_secret: client.secret }),
    authorize(server, client, index),
  ]),
})

/** A code flow by FAPI 2.0: PAR with `private_key_jwt`, authorize, and a token with `private_key_jwt` that is bound by DPoP. */
export const fapiFlows = (server: FlowServer, client: FlowClient, wanted: number): FlowPlan => {
  const { port, issuer, paths, redirectUri: redirect_uri } = server
  const redeem = (): HttpRequest => {
    const post = formPost(paths.token, {
      ...{ grant_type: 'authorization_code', code: '{code}', code_verifier: verifier, redirect_uri },
      ...assertion(client.clientId, issuer),
    })
    return { ...post, headers: { ...post.headers, DPoP: dpopProof(`${issuer}${paths.token}`) } }
  }
  return {
    ...{ kind: 'flow', port, steps: [pushed, authorized, redeemed] },
    flows: Array.from({ length: wanted }, (_, index) => [
      push(server, client, assertion(client.clientId, issuer)),
      authorize(server, client, index),
      redeem(),
    ]),
  }
}
