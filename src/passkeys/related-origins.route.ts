/** `GET /.well-known/webauthn`: whose pages may use the passkeys of this domain, for browsers that are asked to. */
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes } from '../kit/describe-route.ts'
import { jsonResponse } from '../kit/json-response.ts'
import { relyingPartyOf } from './relying-party.ts'

export const relatedOriginRoutes = new DescribedRoutes<AppEnv>().describe(
  {
    id: 'getRelatedOrigins',
    method: 'get',
    path: '/.well-known/webauthn',
    summary: 'Origins whose pages may use the passkeys of this domain',
    spec: 'Web Authentication Level 3 §5.11',
    tag: 'Sign-in',
    responses: { 200: 'The origin of the issuer, and those of the setting `passkeys.related_origins`' },
  },
  async (c) => {
    const { config, readSettings } = c.env.deps
    const { origins = [] } = relyingPartyOf(config, await readSettings()) ?? {}
    return jsonResponse({ origins })
  },
)
