/** The bare twins: raw workers that do only the unavoidable work of an operation. */
import type { GuardedChild } from '../../scripts/process/guarded-child.ts'
import { startRawProcess } from '../raw-process.ts'
import {
  type HttpRequest,
  type LoadResult,
  type OperationName,
  operationNames,
  type ProcessRoots,
  type RequestPlan,
  type Target,
} from '../target.ts'
import { bundleTwin } from './bundle-twin.ts'
import { authorizeQuery, formPost, userCount, verifier } from './requests.ts'

const users = Array.from({ length: userCount }, (_, index) => `user-${index}`)

export interface TwinOptions {
  /** For bundles and objects; emptied at the start. */
  readonly folder: string
  /** Three ports from here on are used. */
  readonly firstPort: number
  /** The one Authly runs with. */
  readonly compatibilityDate: string
}

export function twinTarget({ folder, firstPort, compatibilityDate }: TwinOptions): Target {
  const [helloPort, clientPort, userPort] = [firstPort, firstPort + 1, firstPort + 2] as const
  let workers: readonly GuardedChild[] = []
  let refreshTokens: readonly string[] = users.map((user) => `${user}.first`)
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
  const refresh = (): RequestPlan => ({
    ...{ kind: 'successor', port: userPort, expect: { status: [200], bodyContains: '"id_token"' } },
    template: formPost('/write', {
      ...{ grant_type: 'refresh_token', client_id: 'web', client_secret: 'twin-secret' },
      refresh_token: '{token}',
    }),
    tokens: refreshTokens,
  })

  const plans: Record<OperationName, (wanted: number) => RequestPlan> = {
    client_credentials: () =>
      rotate(clientPort, [
        formPost('/oauth/token', {
          ...{ grant_type: 'client_credentials', client_id: 'machine', client_secret: 'twin-secret' },
          scope: 'orders:read',
        }),
      ]),
    code: (wanted) => code('web', wanted),
    code_es256: (wanted) => code('web-es256', wanted),
    refresh,
    authorize: () => ({
      ...{ kind: 'rotate', port: userPort, expect: { status: [302], locationContains: 'code=' } },
      requests: users.map((user) => ({
        method: 'GET',
        path: `/authorize?${authorizeQuery('web', 'https://app.example/callback', 'openid')}`,
        headers: { Cookie: `session=${user}.session` },
      })),
    }),
    introspect: () =>
      rotate(
        userPort,
        users.map((user) =>
          formPost('/read', { token: `${user}.token`, client_id: 'machine', client_secret: 'x' }),
        ),
        '"active":true',
      ),
    discovery: () => rotate(helloPort, [{ method: 'GET', path: '/', headers: {} }]),
    jwks: () => rotate(helloPort, [{ method: 'GET', path: '/', headers: {} }]),
  }

  return {
    name: 'twin',
    operations: new Set(operationNames),
    start: async () => {
      const users = { binding: 'USERS', className: 'UserObject' }
      workers = await Promise.all(
        [
          { name: 'hello', port: helloPort, durableObjects: [] },
          { name: 'client-credentials', port: clientPort, durableObjects: [] },
          { name: 'user-object', port: userPort, durableObjects: [users] },
        ].map(async (twin) => startRawProcess(await bundleTwin(folder, twin, compatibilityDate))),
      )
    },
    roots: (): ProcessRoots => ({
      server: workers.flatMap((worker) => worker.process.pid ?? []),
      database: [],
      gateway: [],
    }),
    untilDelivered: async () => true,
    plan: async (operation, wanted) => plans[operation](wanted),
    afterRun: (operation: OperationName, result: LoadResult) => {
      if (operation === 'refresh') refreshTokens = result.tokensLeft ?? refreshTokens
    },
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
    },
  }
}
