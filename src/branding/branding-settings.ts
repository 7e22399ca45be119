/** The settings of how the hosted pages look. What people could not read is refused. */
import { z } from 'zod'
import { singleLinePattern } from '../kit/patterns.ts'
import { supportedLanguages } from '../messages/languages.ts'
import { colorPattern } from './contrast.ts'
import { type ChosenColors, defaultColors, findContrastFaults, type Mode, modes } from './palette.ts'

const colorsOf = (mode: Mode) =>
  z
    .strictObject({
      accent: z
        .string()
        .regex(colorPattern, { error: 'must be a colour as #rrggbb' })
        .default(defaultColors[mode].accent)
        .describe('Buttons, links, focus rings. The text on it becomes black or white by itself.'),
      background: z
        .string()
        .regex(colorPattern, { error: 'must be a colour as #rrggbb' })
        .default(defaultColors[mode].background)
        .describe('Behind the card.'),
    })
    .prefault({})

/** Refuses colours that fail WCAG 2.2 AA, each with its contrast. */
function refuseFaults(
  colors: Readonly<Record<Mode, ChosenColors>>,
  context: z.core.$RefinementCtx<Record<Mode, ChosenColors>>,
): void {
  for (const mode of modes) {
    for (const { color, detail } of findContrastFaults(mode, colors[mode])) {
      context.addIssue({ code: 'custom', path: [mode, color], message: detail })
    }
  }
}

const line = (maxLength: number) =>
  z.string().min(1).max(maxLength).regex(singleLinePattern, { error: 'must be one line' }).regex(/\S/, {
    error: 'must not be blank',
  })

const translations = Object.fromEntries(
  supportedLanguages.map((tag) => [tag, line(60).optional()]),
) as Record<(typeof supportedLanguages)[number], z.ZodOptional<z.ZodString>>

const footerLink = z
  .strictObject({
    href: z
      .string()
      .max(512)
      .regex(/^https:\/\/[^\s\\]+$/, { error: 'must be an https address' })
      // Attack: an address that names another host than it seems to, as https://bank.test@evil.test/ does.
      .refine((href) => URL.canParse(href) && !hasCredentials(new URL(href)), {
        error: 'must be an https address',
      }),
    label: line(60).describe('In every language without a translation.'),
    translations: z.strictObject(translations).optional().describe('By language of the page.'),
  })
  .meta({
    'x-authly-name': 'FooterLink',
    example: { href: 'https://help.example.com/', label: 'Help', translations: { de: 'Hilfe' } },
  })

const hasCredentials = ({ username, password }: URL): boolean => username !== '' || password !== ''

export type FooterLink = z.output<typeof footerLink>

export const brandingSchemas = {
  'branding.name': line(64)
    .default('Authly')
    .describe('The name of this service on the hosted pages and in their titles.'),
  'branding.show_name': z
    .boolean()
    .default(true)
    .describe('Whether the name stands beside the logo; not needed where the logo says it.'),
  'branding.colors': z
    .strictObject({ light: colorsOf('light'), dark: colorsOf('dark') })
    .superRefine(refuseFaults)
    .meta({ 'x-authly-name': 'BrandingColors' })
    .prefault({})
    .describe(
      'Colours of the hosted pages, as `#rrggbb`. One that people could not read is refused, with its contrast (WCAG 2.2 AA).',
    ),
  'branding.footer_links': z
    .array(footerLink)
    .max(6)
    .default([])
    .describe('Links below every hosted page: help, privacy, terms.'),
} as const satisfies Record<string, z.ZodType>

export type BrandingSettings = {
  readonly [Name in keyof typeof brandingSchemas]: z.output<(typeof brandingSchemas)[Name]>
}
