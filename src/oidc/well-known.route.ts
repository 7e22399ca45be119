/** Discovery and keys: cacheable, and without any I/O on a warm isolate. */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { JSONWebKeySet } from 'jose'
import type { AppEnv } from '../dependencies.ts'
import { describeRoute } from '../kit/describe-route.ts'
import { serverMetadata } from './discovery.ts'

/** Shorter than the time a key is published before it signs (`AUTHLY_KEY_PREPUBLISH_SECONDS`). */
export const wellKnownMaxAgeSeconds = 300

const headers = {
  'content-type': 'application/json;charset=UTF-8',
  'cache-control': `public, max-age=${wellKnownMaxAgeSeconds}, stale-while-revalidate=60`,
  'access-control-allow-origin': '*',
  'x-content-type-options': 'nosniff',
} as const

const paths = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'] as const

let metadata: { readonly issuer: string; readonly json: string } | undefined
const encodedKeySets = new WeakMap<JSONWebKeySet, string>()

export const wellKnownRoutes = new OpenAPIHono<AppEnv>()

for (const path of paths) {
  const route = describeRoute({
    method: 'get',
    path,
    summary: 'Server metadata',
    spec: 'OpenID Connect Discovery §4, RFC 8414 §3',
    tag: 'OpenID Connect',
    responses: { 200: 'Metadata derived from the configured issuer' },
  })
  wellKnownRoutes.openapi(route, (c) => {
    const { issuer } = c.var.deps.config
    if (metadata?.issuer !== issuer) metadata = { issuer, json: JSON.stringify(serverMetadata(issuer)) }
    return new Response(metadata.json, { headers })
  })
}

const jwks = describeRoute({
  method: 'get',
  path: '/.well-known/jwks.json',
  summary: 'Public signing keys: next, current and retired ones',
  spec: 'RFC 7517 §5',
  tag: 'OpenID Connect',
  responses: { 200: 'JWK set' },
})

wellKnownRoutes.openapi(jwks, async (c) => {
  const keys = await c.var.deps.keyring.jwks()
  let json = encodedKeySets.get(keys)
  if (json === undefined) {
    json = JSON.stringify(keys)
    encodedKeySets.set(keys, json)
  }
  return new Response(json, { headers })
})
