/** How messages look: of the branding of a deployment what mail programs can show. */
import { imagePath } from '../branding/brand-image.ts'
import type { ChosenColors, Mode } from '../branding/palette.ts'
import type { Settings } from '../settings/settings.ts'

export interface MessageBrand {
  readonly name: string
  /** Whether the name stands beside the logo. */
  readonly showsName: boolean
  /** An address at the issuer. */
  readonly logo: string | undefined
  readonly colors: Readonly<Record<Mode, ChosenColors>>
}

export function toMessageBrand(settings: Settings, issuer: string): MessageBrand {
  const { logo } = settings.brand_images
  return {
    name: settings['branding.name'],
    showsName: settings['branding.show_name'] || logo === undefined,
    logo: logo && issuer + imagePath('logo', logo),
    colors: settings['branding.colors'],
  }
}
