/** What an isolate evaluates at start: the frequently called machine endpoints (docs/decisions/0040). */
import type { AppEnv } from './dependencies.ts'
import type { DescribedRoutes } from './kit/describe-route.ts'
import { authorizeRoutes } from './oauth/authorize/authorize.route.ts'
import { parRoutes } from './oauth/authorize/par.route.ts'
import { oauthRoutes } from './oauth/oauth.route.ts'
import { discoveryRoutes } from './oidc/discovery.route.ts'
import { jwksRoutes } from './oidc/jwks.route.ts'

export const tokenRoutes: readonly DescribedRoutes<AppEnv>[] = [
  discoveryRoutes,
  jwksRoutes,
  oauthRoutes,
  authorizeRoutes,
  parRoutes,
]
