/**
 * The stylesheets, the script and the icon. Their names contain a fingerprint of the content, so that they can be
 * cached for ever.
 */
import type { Brand } from '../branding/brand.ts'
import { icon } from './icon.ts'
import script from './script/main.ts?script'
import checkSessionScript from './script/session-frame.ts?script'
import workScript from './script/work.ts?script'
import { stylesheet } from './stylesheet.ts'

export interface Asset {
  /** Absolute path including the fingerprint. */
  readonly path: string
  readonly contentType: string
  readonly body: string
}

const asset = (name: string, extension: string, contentType: string, body: string): Asset => ({
  path: `/assets/${name}.${fingerprint(body)}.${extension}`,
  contentType,
  body,
})

/** FNV-1a. Distinguishes versions for caches; it is not a security measure. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0).toString(36).padStart(7, '0')
}

const css = 'text/css; charset=UTF-8'

export const stylesheetAsset = asset('authly', 'css', css, stylesheet)
/** `src/pages/script/`, bundled. */
export const scriptAsset = asset('authly', 'js', 'text/javascript; charset=UTF-8', script)
/** The proof of work of a registration. */
export const workScriptAsset = asset('work', 'js', 'text/javascript; charset=UTF-8', workScript)
/** Of the frame in which applications ask whether the browser's state has changed. */
export const checkSessionAsset = asset('session', 'js', 'text/javascript; charset=UTF-8', checkSessionScript)
export const iconAsset = asset('authly', 'svg', 'image/svg+xml', icon)

const brandStylesheets = new WeakMap<Brand, Asset>()

/** The colours of the deployment; `undefined` for our own. */
export function brandStylesheet(brand: Brand): Asset | undefined {
  if (brand.rules === undefined) return undefined
  const known = brandStylesheets.get(brand)
  if (known) return known
  const created = asset('brand', 'css', css, brand.rules)
  brandStylesheets.set(brand, created)
  return created
}
