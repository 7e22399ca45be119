/** The public signing keys: cacheable, and without any I/O on a warm isolate. */

import type { JSONWebKeySet } from 'jose'
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, type RouteDescription } from '../kit/describe-route.ts'
import { publicJsonHeaders } from './public-json.ts'

const encodedKeySets = new WeakMap<JSONWebKeySet, string>()

const jwks: RouteDescription = {
  id: 'getJwks',
  method: 'get',
  path: '/.well-known/jwks.json',
  summary: 'Public signing keys: next, current and retired ones',
  spec: 'RFC 7517 §5',
  tag: 'OpenID Connect',
  responses: { 200: 'JWK set' },
}

export const jwksRoutes = new DescribedRoutes<AppEnv>().describe(jwks, async (c) => {
  const keys = await c.env.deps.keyring.jwks()
  let json = encodedKeySets.get(keys)
  if (json === undefined) {
    json = JSON.stringify(keys)
    encodedKeySets.set(keys, json)
  }
  return new Response(json, { headers: publicJsonHeaders })
})
