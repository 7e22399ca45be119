/** The bare twins: raw workers that do only the unavoidable work of an operation. */
import type { GuardedChild } from '../../scripts/process/guarded-child.ts'
import { type RawProcessOptions, startRawProcess } from '../raw-process.ts'
import {
  type HttpRequest,
  type LoadResult,
  type OperationName,
  operationNames,
  type ProcessRoots,
  type RequestPlan,
  type Target,
} from '../target.ts'
import { bundleTwin, type Twin } from './bundle-twin.ts'
import { benchJwks, withAssertion, withDpop } from './proven-requests.ts'
import { type FlowServer, fapiFlows, pushedFlows } from './pushed-flows.ts'
import { authorizeQuery, formPost, userCount, verifier } from './requests.ts'
import { makeTwinSignIns } from './twin-sign-ins.ts'

const names = Array.from({ length: userCount }, (_, index) => `user-${index}`)

export interface TwinOptions {
  /** For bundles and objects; emptied at the start. */
  readonly folder: string
  /** Six ports from here on are used. */
  readonly firstPort: number
  /** The one Authly runs with. */
  readonly compatibilityDate: string
}

export interface TwinTarget extends Target {
  /** The worker that answers `operation`, with its names kept. */
  readable(operation: OperationName): Promise<RawProcessOptions>
}

export function twinTarget({ folder, firstPort, compatibilityDate }: TwinOptions): TwinTarget {
  const [helloPort, clientPort, userPort] = [firstPort, firstPort + 1, firstPort + 2] as const
  const [signInPort, provenPort, flowPort] = [firstPort + 3, firstPort + 4, firstPort + 5] as const
  const users = { binding: 'USERS', className: 'UserObject' }
  const onceObjects = { binding: 'ONCE', className: 'OnceObject' }
  const people = { binding: 'PEOPLE', className: 'PersonObject' }
  const clientKey = { CLIENT_KEY: JSON.stringify(benchJwks.keys[0]) }
  const signInObjects = { binding: 'SIGN_INS', className: 'SignInObject' }
  const signIns = makeTwinSignIns()
  const twinsOf = async (): Promise<readonly Twin[]> => [
    { name: 'hello', port: helloPort, durableObjects: [] },
    { name: 'client-credentials', port: clientPort, durableObjects: [] },
    { name: 'proven-client', port: provenPort, durableObjects: [onceObjects], vars: clientKey },
    { name: 'pushed-flow', port: flowPort, durableObjects: [people, onceObjects], vars: clientKey },
    { name: 'user-object', port: userPort, durableObjects: [users] },
    { name: 'sign-in', port: signInPort, durableObjects: [signInObjects], vars: (await signIns).vars },
  ]
  let workers: readonly GuardedChild[] = []
  const firstTokens = names.map((user) => `${user}.first`)
  const refreshTokens = new Map<OperationName, readonly string[]>()
  let codesMade = 0

  const rotate = (port: number, requests: readonly HttpRequest[], bodyContains?: string): RequestPlan => ({
    ...{ kind: 'rotate', port, requests },
    expect: { status: [200], ...(bodyContains === undefined ? {} : { bodyContains }) },
  })
  const code = (clientId: string, wanted: number): RequestPlan => ({
    ...{ kind: 'once', port: userPort, expect: { status: [200], bodyContains: '"id_token"' } },
    requests: Array.from({ length: wanted }, () =>
      formPost('/write', {
        ...{ grant_type: 'authorization_code', client_id: clientId, client_secret: 'twin-secret' },
        ...{ code: `user-${codesMade % userCount}.code-${codesMade++}`, code_verifier: verifier },
        redirect_uri: 'https://app.example/callback',
      }),
    ),
  })
  const refresh = (operation: OperationName, clientId: string): RequestPlan => ({
    ...{ kind: 'successor', port: userPort, expect: { status: [200], bodyContains: '"id_token"' } },
    template: formPost('/write', {
      ...{ grant_type: 'refresh_token', client_id: clientId, client_secret: 'twin-secret' },
      refresh_token: '{token}',
    }),
    tokens: refreshTokens.get(operation) ?? firstTokens,
  })

  const signedIn = (requests: readonly HttpRequest[]): RequestPlan => ({
    ...{ kind: 'rotate', port: signInPort, requests },
    expect: { status: [303], locationContains: '/account' },
  })

  const machine = {
    path: '/oauth/token',
    issuer: 'https://twin.test',
    secret: 'twin-secret',
    scope: 'orders:read',
  }
  const once = (requests: readonly HttpRequest[]): RequestPlan => ({
    ...{ kind: 'once', port: provenPort, requests },
    expect: { status: [200], bodyContains: '"access_token"' },
  })

  const flowServer: FlowServer = {
    ...{ port: flowPort, issuer: 'https://twin.test', redirectUri: 'https://app.example/callback' },
    paths: { par: '/par', authorize: '/authorize', token: '/token' },
    cookies: names.map((user) => `session=${user}.session`),
  }

  const plans: Record<OperationName, (wanted: number) => RequestPlan | Promise<RequestPlan>> = {
    client_credentials: () =>
      rotate(clientPort, [
        formPost('/oauth/token', {
          ...{ grant_type: 'client_credentials', client_id: 'machine', client_secret: 'twin-secret' },
          scope: 'orders:read',
        }),
      ]),
    client_credentials_dpop: (wanted) => once(withDpop({ ...machine, clientId: 'machine' }, wanted)),
    client_credentials_jwt: (wanted) => once(withAssertion({ ...machine, clientId: 'machine' }, wanted)),
    code: (wanted) => code('web', wanted),
    code_es256: (wanted) => code('web-es256', wanted),
    refresh: () => refresh('refresh', 'web'),
    refresh_es256: () => refresh('refresh_es256', 'web-es256'),
    authorize: () => ({
      ...{ kind: 'rotate', port: userPort, expect: { status: [302], locationContains: 'code=' } },
      requests: names.map((user) => ({
        method: 'GET',
        path: `/authorize?${authorizeQuery('web', 'https://app.example/callback', 'openid')}`,
        headers: { Cookie: `session=${user}.session` },
      })),
    }),
    par_authorize: (wanted) =>
      pushedFlows(flowServer, { clientId: 'web', secret: 'twin-secret', scope: 'openid' }, wanted),
    fapi_code: (wanted) => fapiFlows(flowServer, { clientId: 'fapi', scope: 'openid' }, wanted),
    introspect: () =>
      rotate(
        userPort,
        names.map((user) =>
          formPost('/read', { token: `${user}.token`, client_id: 'machine', client_secret: 'x' }),
        ),
        '"active":true',
      ),
    passkey: async () => signedIn((await signIns).passkey(names)),
    totp: async () => signedIn((await signIns).totp(names)),
    discovery: () => rotate(helloPort, [{ method: 'GET', path: '/', headers: {} }]),
    jwks: () => rotate(helloPort, [{ method: 'GET', path: '/', headers: {} }]),
  }

  return {
    name: 'twin',
    operations: new Set(operationNames),
    start: async () => {
      workers = await Promise.all(
        (await twinsOf()).map(async (twin) =>
          startRawProcess(await bundleTwin(folder, twin, compatibilityDate)),
        ),
      )
    },
    readable: async (operation) => {
      const { port } = await plans[operation](0)
      const twin = (await twinsOf()).find((each) => each.port === port) as Twin
      return bundleTwin(folder, twin, compatibilityDate, false)
    },
    roots: (): ProcessRoots => ({
      server: workers.flatMap((worker) => worker.process.pid ?? []),
      database: [],
      gateway: [],
    }),
    untilDelivered: async () => true,
    plan: async (operation, wanted) => plans[operation](wanted),
    afterRun: (operation: OperationName, result: LoadResult) => {
      if (result.tokensLeft?.length) refreshTokens.set(operation, result.tokensLeft)
    },
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
    },
  }
}
