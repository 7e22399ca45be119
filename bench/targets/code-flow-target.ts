/**
 * A target that is a whole authorization server. People are signed in once; codes, access tokens and refresh
 * tokens are then got through the server's own HTTP endpoints, as an application would.
 */
import type { LoadGenerator } from '../load/generate-load.ts'
import type {
  HttpRequest,
  LoadResult,
  OperationName,
  ProcessRoots,
  RequestPlan,
  SignInName,
  SinglePlan,
  Target,
  TargetName,
} from '../target.ts'
import { operationNames, signInNames } from '../target.ts'
import { withAssertion, withDpop } from './proven-requests.ts'
import { fapiFlows, pushedFlows } from './pushed-flows.ts'
import { authorizeQuery, formPost, userCount, verifier } from './requests.ts'

export interface CodeFlowSettings {
  readonly name: TargetName
  readonly port: number
  readonly issuer: string
  readonly paths: Readonly<
    Record<'token' | 'par' | 'authorize' | 'introspect' | 'discovery' | 'jwks', string>
  >
  readonly clients: {
    readonly machine: string
    /** Authenticates with `private_key_jwt`. */
    readonly machineJwt: string
    readonly web: string
    /** Follows FAPI 2.0. */
    readonly fapi: string
    readonly webEs256: string
    /** The client whose access tokens are introspected. */
    readonly introspected: string
    readonly secret: string
    readonly redirectUri: string
    readonly machineScope: string
    readonly webScope: string
  }
  readonly load: LoadGenerator
  /** See `Target`; by default nothing is deferred. */
  readonly untilDelivered?: Target['untilDelivered']
  start(): Promise<void>
  /** Signs `userCount` people in; answers one `Cookie` header each. */
  signIn(): Promise<readonly string[]>
  /** Steps of a sign-in, where they can be measured. */
  readonly signInPlans?: SignInPlans
  roots(): ProcessRoots
  stop(): Promise<void>
}

/** @param cookies of the sessions of all people */
export type SignInPlans = Readonly<
  Partial<Record<SignInName, (wanted: number, cookies: readonly string[]) => Promise<RequestPlan>>>
>

interface TokenResponse {
  readonly access_token: string
  readonly refresh_token: string
}

const connections = 32

const isSignIn = (operation: OperationName): operation is SignInName =>
  (signInNames as readonly OperationName[]).includes(operation)

export function codeFlowTarget(settings: CodeFlowSettings): Target {
  const { port, issuer, paths, clients, load } = settings
  let cookies: readonly string[] = []
  const refreshTokens = new Map<string, readonly string[]>()
  let introspected: readonly string[] | undefined

  const authorizePlan = (clientId: string, people: readonly string[]): SinglePlan => ({
    ...{ kind: 'rotate', port, expect: { status: [302, 303], locationContains: 'code=' } },
    requests: people.map((cookie) => ({
      method: 'GET',
      path: `${paths.authorize}?${authorizeQuery(clientId, clients.redirectUri, clients.webScope)}`,
      headers: { Cookie: cookie },
    })),
  })

  const redemption = (clientId: string, code: string): HttpRequest =>
    formPost(paths.token, {
      ...{ grant_type: 'authorization_code', client_id: clientId, client_secret: clients.secret },
      ...{ code, code_verifier: verifier, redirect_uri: clients.redirectUri },
    })

  /** Authorization codes, spread over all people, got by load: thousands are needed. */
  async function codes(clientId: string, wanted: number): Promise<string[]> {
    const got: string[] = []
    for (let round = 0; got.length < wanted && round < 60; round += 1) {
      const result = await load(authorizePlan(clientId, cookies), {
        seconds: 1,
        connections,
        collectCodes: true,
      })
      if (result.failures > 0) throw new Error(`${settings.name}: authorize fails: ${result.failureSample}`)
      got.push(...(result.collected ?? []).map(decodeURIComponent))
    }
    return got.slice(0, wanted)
  }

  /** One token response per person. */
  async function tokenSets(clientId: string): Promise<TokenResponse[]> {
    const answers: TokenResponse[] = []
    const queue = await codes(clientId, userCount)
    const worker = async (): Promise<void> => {
      for (let code = queue.pop(); code !== undefined; code = queue.pop()) {
        const { path, headers, body } = redemption(clientId, code)
        const request = { method: 'POST', headers, body: body ?? '' }
        const response = await fetch(`http://127.0.0.1:${port}${path}`, request)
        if (!response.ok)
          throw new Error(`${settings.name}: redemption: ${response.status} ${await response.text()}`)
        answers.push((await response.json()) as TokenResponse)
      }
    }
    await Promise.all(Array.from({ length: 16 }, worker))
    return answers
  }

  const codePlan = async (clientId: string, wanted: number): Promise<RequestPlan> => ({
    ...{ kind: 'once', port, expect: { status: [200], bodyContains: '"id_token"' } },
    requests: (await codes(clientId, wanted)).map((code) => redemption(clientId, code)),
  })

  const refreshPlan = async (clientId: string): Promise<RequestPlan> => {
    let tokens = refreshTokens.get(clientId) ?? []
    if (tokens.length < userCount / 2) tokens = (await tokenSets(clientId)).map((set) => set.refresh_token)
    refreshTokens.set(clientId, tokens)
    return {
      ...{ kind: 'successor', port, tokens, expect: { status: [200], bodyContains: '"id_token"' } },
      template: formPost(paths.token, {
        ...{ grant_type: 'refresh_token', client_id: clientId, client_secret: clients.secret },
        refresh_token: '{token}',
      }),
    }
  }

  async function introspectPlan(): Promise<RequestPlan> {
    introspected ??= (await tokenSets(clients.introspected)).map((set) => set.access_token)
    return {
      ...{ kind: 'rotate', port, expect: { status: [200], bodyContains: '"active":true' } },
      requests: introspected.map((token) =>
        formPost(paths.introspect, { client_id: clients.introspected, client_secret: clients.secret, token }),
      ),
    }
  }

  const get = (path: string): RequestPlan => ({
    ...{ kind: 'rotate', port, expect: { status: [200] } },
    requests: [{ method: 'GET', path, headers: {} }],
  })

  const machine = (clientId: string) => ({
    ...{ path: paths.token, issuer, clientId, secret: clients.secret, scope: clients.machineScope },
  })
  const proven = (requests: readonly HttpRequest[]): RequestPlan => ({
    ...{ kind: 'once', port, requests, expect: { status: [200], bodyContains: '"access_token"' } },
  })
  const flowServer = () => ({ port, issuer, paths, redirectUri: clients.redirectUri, cookies })
  const flowClient = (clientId: string) => ({ clientId, secret: clients.secret, scope: clients.webScope })

  const plans: Record<
    Exclude<OperationName, SignInName>,
    (wanted: number) => RequestPlan | Promise<RequestPlan>
  > = {
    client_credentials: () => ({
      ...{ kind: 'rotate', port, expect: { status: [200] } },
      requests: [
        formPost(paths.token, {
          ...{ grant_type: 'client_credentials', client_id: clients.machine, client_secret: clients.secret },
          scope: clients.machineScope,
        }),
      ],
    }),
    client_credentials_dpop: (wanted) => proven(withDpop(machine(clients.machine), wanted)),
    client_credentials_jwt: (wanted) => proven(withAssertion(machine(clients.machineJwt), wanted)),
    code: (wanted) => codePlan(clients.web, wanted),
    code_es256: (wanted) => codePlan(clients.webEs256, wanted),
    refresh: () => refreshPlan(clients.web),
    refresh_es256: () => refreshPlan(clients.webEs256),
    authorize: () => authorizePlan(clients.web, cookies),
    par_authorize: (wanted) => pushedFlows(flowServer(), flowClient(clients.web), wanted),
    fapi_code: (wanted) => fapiFlows(flowServer(), flowClient(clients.fapi), wanted),
    introspect: introspectPlan,
    discovery: () => get(paths.discovery),
    jwks: () => get(paths.jwks),
  }

  return {
    name: settings.name,
    operations: new Set(
      operationNames.filter((name) => !isSignIn(name) || settings.signInPlans?.[name] !== undefined),
    ),
    start: async () => {
      await settings.start()
      cookies = await settings.signIn()
    },
    roots: settings.roots,
    untilDelivered: settings.untilDelivered ?? (async () => true),
    plan: async (operation, wanted) => {
      if (!isSignIn(operation)) return plans[operation](wanted)
      const plan = settings.signInPlans?.[operation]
      if (plan === undefined) throw new Error(`${settings.name} has no ${operation}`)
      return plan(wanted, cookies)
    },
    afterRun: (operation: OperationName, result: LoadResult) => {
      if (operation === 'refresh') refreshTokens.set(clients.web, result.tokensLeft ?? [])
      if (operation === 'refresh_es256') refreshTokens.set(clients.webEs256, result.tokensLeft ?? [])
    },
    stop: settings.stop,
  }
}
