/** The colours of the hosted pages, light and dark: a fixed set around two that a deployment chooses. */
import { contrastOf, mix, shapeContrast, textContrast, textOn } from './contrast.ts'

export const modes = ['light', 'dark'] as const
export type Mode = (typeof modes)[number]

/** What a deployment chooses for one mode. */
export interface ChosenColors {
  /** Buttons, links, focus rings. */
  readonly accent: string
  /** Behind the card. */
  readonly background: string
}

export const defaultColors: Readonly<Record<Mode, ChosenColors>> = {
  light: { accent: '#2f4bd8', background: '#f5f6f8' },
  dark: { accent: '#a3b5ff', background: '#0d0f13' },
}

/** By role; the stylesheet turns each into a custom property. */
export const fixedColors = {
  light: {
    card: '#ffffff',
    text: '#15171c',
    quiet: '#5a606c',
    line: '#868c99',
    hairline: '#e4e6eb',
    soft: '#f4f5f8',
    danger: '#b3261e',
    'danger-back': '#fdf1f0',
    good: '#17633a',
    'good-back': '#eef8f1',
  },
  dark: {
    card: '#17191f',
    text: '#eef0f4',
    quiet: '#a6adba',
    line: '#747b89',
    hairline: '#2a2e37',
    soft: '#20232b',
    danger: '#ffb4ab',
    'danger-back': '#371c1a',
    good: '#93d8ae',
    'good-back': '#142c1e',
  },
} as const satisfies Record<Mode, Record<string, string>>

/** The accent, what is written on it, and its shade under the pointer, which is further from that text. */
export function accentColors(accent: string) {
  const onAccent = textOn(accent)
  return {
    accent,
    'on-accent': onAccent,
    'accent-strong': mix(accent, onAccent === '#ffffff' ? '#000000' : '#ffffff', 0.18),
  }
}

export interface ContrastFault {
  readonly color: keyof ChosenColors
  readonly detail: string
}

interface Demand {
  readonly color: keyof ChosenColors
  readonly against: string
  readonly where: string
  readonly least: number
}

/** What people could not read or see with these colours (WCAG 2.2 AA, 1.4.3 and 1.4.11). */
export function findContrastFaults(mode: Mode, { accent, background }: ChosenColors): ContrastFault[] {
  const { card, text, quiet } = fixedColors[mode]
  const demands: readonly Demand[] = [
    { color: 'accent', against: card, where: 'the card, where links have it', least: textContrast },
    { color: 'accent', against: background, where: 'the background, as a focus ring', least: shapeContrast },
    { color: 'background', against: text, where: 'the text', least: textContrast },
    { color: 'background', against: quiet, where: 'the text of the footer', least: textContrast },
  ]
  return demands.flatMap(({ color, against, where, least }) => {
    const ratio = contrastOf(color === 'accent' ? accent : background, against)
    if (ratio >= least) return []
    // Rounded down: 4.496 is not 4.5.
    const shown = (Math.floor(ratio * 100) / 100).toFixed(2)
    const detail = `has a contrast of ${shown}:1 to ${where} (${against}); at least ${least}:1 is needed`
    return [{ color, detail }]
  })
}
