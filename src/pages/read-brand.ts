/** How the pages of this deployment look, from the cache that settings are in. */
import { type Brand, toBrand } from '../branding/brand.ts'
import { type ReadSettings, type Settings, toSettings } from '../settings/settings.ts'

const known = new WeakMap<Settings, Brand>()
const noSettings = toSettings({})

/** Without settings, because nothing that has them can be reached, pages look as they do by default. */
export async function readBrand(readSettings: ReadSettings): Promise<Brand> {
  const settings = await readSettings().catch(() => noSettings)
  const brand = known.get(settings) ?? toBrand(settings, settings.brand_images)
  known.set(settings, brand)
  return brand
}
