/** `virtual:palette.css`: the colours of the hosted pages (src/branding/palette.ts) as those of the site. */

import { mix } from '../../src/branding/contrast.ts'
import { accentColors, defaultColors, fixedColors, type Mode, modes } from '../../src/branding/palette.ts'

const name = 'virtual:palette.css'

function variablesOf(mode: Mode): Readonly<Record<string, string>> {
  const { accent, background } = defaultColors[mode]
  const { text, quiet, line, hairline, soft, card, danger, good } = fixedColors[mode]
  const own = accentColors(accent)
  return {
    '--vp-c-text-1': text,
    '--vp-c-text-2': quiet,
    '--vp-c-text-3': quiet,
    '--vp-c-bg': mode === 'light' ? card : background,
    '--vp-c-bg-alt': mode === 'light' ? background : card,
    '--vp-c-bg-elv': card,
    '--vp-c-bg-soft': soft,
    '--vp-c-border': line,
    '--vp-c-divider': hairline,
    '--vp-c-gutter': hairline,
    '--vp-c-brand-1': accent,
    '--vp-c-brand-2': own['accent-strong'],
    '--vp-c-brand-3': accent,
    '--vp-c-brand-soft': `${accent}22`,
    '--on-accent': own['on-accent'],
    '--card': card,
    '--code-comment': quiet,
    '--code-string': good,
    '--code-value': mix(danger, text, 0.25),
    '--code-keyword': accent,
    '--code-name': mix(accent, text, 0.45),
  }
}

const css = modes
  .map((mode) => {
    const lines = Object.entries(variablesOf(mode)).map(([property, value]) => `${property}:${value}`)
    return `${mode === 'light' ? ':root' : '.dark'}{${lines.join(';')}}`
  })
  .join('\n')

export const paletteCss = () => ({
  name: 'authly-palette',
  resolveId: (id: string) => (id === name ? `\0${name}` : undefined),
  load: (id: string) => (id === `\0${name}` ? css : undefined),
})
