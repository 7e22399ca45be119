/** `GET /assets/…`: the stylesheet and the icon of the hosted pages. */
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes } from '../kit/describe-route.ts'
import { type Asset, iconAsset, stylesheetAsset } from './assets.ts'

const kinds: Readonly<Record<string, Asset>> = { css: stylesheetAsset, svg: iconAsset }

export const assetRoutes = new DescribedRoutes<AppEnv>()

/**
 * During a gradual deployment a page of the other version requests its own fingerprint. It gets the current
 * content, but uncached, so that nothing is stored under the wrong name.
 */
assetRoutes.serve('get', '/assets/:name{authly\\.[0-9a-z]{7}\\.(?:css|svg)}', (c) => {
  const asset = kinds[c.req.path.slice(-3)] as Asset
  const isCurrent = c.req.path === asset.path
  return c.body(asset.body, 200, {
    'content-type': asset.contentType,
    'cache-control': isCurrent ? 'public, max-age=31536000, immutable' : 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'cross-origin-resource-policy': 'same-origin',
  })
})
