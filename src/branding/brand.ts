/** How the pages of this deployment look: its settings and pictures, as the pages need them. */
import type { LanguageTag } from '../messages/languages.ts'
import { type BrandImages, imagePath } from './brand-image.ts'
import type { BrandingSettings, FooterLink } from './branding-settings.ts'
import { brandRules } from './color-properties.ts'
import { defaultColors } from './palette.ts'

export interface Brand {
  readonly name: string
  /** Whether the name stands beside the logo. */
  readonly showsName: boolean
  /** Paths; `undefined` where there is none. */
  readonly logo: string | undefined
  readonly logoDark: string | undefined
  readonly footerLinks: readonly FooterLink[]
  /** A stylesheet to follow ours; `undefined` for our own colours. */
  readonly rules: string | undefined
}

export function toBrand(settings: BrandingSettings, images: BrandImages): Brand {
  const colors = settings['branding.colors']
  const hasOwnColors = JSON.stringify(colors) !== JSON.stringify(defaultColors)
  return {
    name: settings['branding.name'],
    showsName: settings['branding.show_name'] || images.logo === undefined,
    logo: images.logo && imagePath('logo', images.logo),
    logoDark: images.logo_dark && imagePath('logo_dark', images.logo_dark),
    footerLinks: settings['branding.footer_links'],
    rules: hasOwnColors ? brandRules(colors) : undefined,
  }
}

export const labelOf = ({ label, translations }: FooterLink, language: LanguageTag): string =>
  translations?.[language] ?? label
