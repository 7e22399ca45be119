/** `GET /assets/…`: the stylesheets, the script, the icon and the logo of the hosted pages. */
import type { Context } from 'hono'
import { brandImageNames, imagePath } from '../branding/brand-image.ts'
import type { AppEnv } from '../dependencies.ts'
import { fromBase64 } from '../kit/base64.ts'
import { DescribedRoutes } from '../kit/describe-route.ts'
import {
  type Asset,
  brandStylesheet,
  checkSessionAsset,
  iconAsset,
  scriptAsset,
  stylesheetAsset,
  workScriptAsset,
} from './assets.ts'
import { renderNotFoundPage } from './error-page.tsx'
import { readBrand } from './read-brand.ts'

export const assetRoutes = new DescribedRoutes<AppEnv>()

const fixed: Readonly<Record<string, Asset>> = { css: stylesheetAsset, js: scriptAsset, svg: iconAsset }

assetRoutes.serve('get', '/assets/:name{authly\\.[0-9a-z]{7}\\.(?:css|js|svg)}', (c) =>
  sendAsset(c, fixed[c.req.path.slice(c.req.path.lastIndexOf('.') + 1)] as Asset),
)

assetRoutes.serve('get', '/assets/:name{work\\.[0-9a-z]{7}\\.js}', (c) => sendAsset(c, workScriptAsset))

assetRoutes.serve('get', '/assets/:name{session\\.[0-9a-z]{7}\\.js}', (c) => sendAsset(c, checkSessionAsset))

/** A deployment that has gone back to our colours has no such stylesheet: an empty one changes nothing. */
assetRoutes.serve('get', '/assets/:name{brand\\.[0-9a-z]{7}\\.css}', async (c) =>
  sendAsset(
    c,
    brandStylesheet(await readBrand(c.env.deps.readSettings)) ?? {
      path: '',
      contentType: stylesheetAsset.contentType,
      body: '',
    },
  ),
)

/** Only what the settings name is looked up: made-up digests reach no store. */
assetRoutes.serve('get', '/assets/:name{logo(?:_dark)?\\.[\\w-]{43}\\.(?:png|jpg|webp)}', async (c) => {
  const images = (await c.env.deps.readSettings()).brand_images
  const image = brandImageNames
    .flatMap((name) => (images[name] ? [{ ...images[name], path: imagePath(name, images[name]) }] : []))
    .find(({ path }) => path === c.req.path)
  const content = image && (await c.env.deps.loadBrandImage(image.digest))
  if (!content) return renderNotFoundPage(c)
  const bytes = fromBase64(content)
  return c.body(bytes, 200, {
    ...assetHeaders,
    // Messages show it too, wherever people read their mail.
    'cross-origin-resource-policy': 'cross-origin',
    'content-type': image.content_type,
    ...forever,
  })
})

const assetHeaders = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  'cross-origin-resource-policy': 'same-origin',
}
const forever = { 'cache-control': 'public, max-age=31536000, immutable' }

/**
 * During a gradual deployment, or after a change of the colours, a page of before requests its own fingerprint. It
 * gets the current content, but uncached, so that nothing is stored under the wrong name.
 */
const sendAsset = (c: Context<AppEnv>, asset: Asset): Response =>
  c.body(asset.body, 200, {
    ...assetHeaders,
    'content-type': asset.contentType,
    ...(c.req.path === asset.path ? forever : { 'cache-control': 'no-store' }),
  })
