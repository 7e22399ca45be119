/** oidc-provider, in memory or on Postgres. */
import { fileURLToPath } from 'node:url'
import { type GuardedChild, spawnGuarded } from '../../scripts/process/guarded-child.ts'
import { waitUntilServing } from '../../scripts/process/wait-until.ts'
import type { LoadGenerator } from '../load/generate-load.ts'
import { peerRedirectUri, peerSecret, scopes } from '../peers/peer-settings.ts'
import type { ProcessRoots, Target } from '../target.ts'
import { codeFlowTarget } from './code-flow-target.ts'
import { benchJwks } from './proven-requests.ts'
import { userCount } from './requests.ts'

export interface PeerOptions {
  readonly load: LoadGenerator
  readonly port: number
  /** Set: the Postgres adapter is used. */
  readonly database?: { readonly url: string; readonly postmasterPid: number }
}

export function oidcProviderTarget({ port, database, load }: PeerOptions): Target {
  let child: GuardedChild | undefined
  const issuer = `http://localhost:${port}`
  const server = fileURLToPath(new URL('../peers/oidc-provider-server.ts', import.meta.url))
  return codeFlowTarget({
    name: database ? 'oidc-provider-postgres' : 'oidc-provider-memory',
    ...{ port, issuer, load },
    paths: {
      ...{ token: '/token', par: '/request', authorize: '/auth', introspect: '/token/introspection' },
      ...{ discovery: '/.well-known/openid-configuration', jwks: '/jwks' },
    },
    clients: {
      ...{ machine: 'machine', machineJwt: 'machine-jwt', introspected: 'opaque' },
      ...{ web: 'web', webEs256: 'web-es256', fapi: 'fapi' },
      ...{
        secret: peerSecret,
        redirectUri: peerRedirectUri,
        machineScope: scopes,
        webScope: `openid ${scopes}`,
      },
    },
    start: async () => {
      child = await spawnGuarded(process.execPath, [server], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          ...{ PATH: process.env['PATH'], NODE_ENV: 'production', PORT: String(port) },
          CLIENT_JWKS: JSON.stringify(benchJwks),
          ...(database ? { ADAPTER: 'postgres', DATABASE_URL: database.url } : { ADAPTER: 'memory' }),
        },
      })
      await waitUntilServing(`http://127.0.0.1:${port}/.well-known/openid-configuration`, child.exited)
    },
    signIn: async () => {
      const response = await fetch(`http://127.0.0.1:${port}/bench/sign-in?count=${userCount}`)
      if (!response.ok) throw new Error(`signing in at the peer: ${response.status} ${await response.text()}`)
      return (await response.json()) as string[]
    },
    roots: (): ProcessRoots => ({
      server: child?.process.pid ? [child.process.pid] : [],
      database: database ? [database.postmasterPid] : [],
      gateway: [],
    }),
    stop: async () => child?.stop(),
  })
}
