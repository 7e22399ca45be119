import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contrastOf, luminanceOf, mix, textContrast, textOn } from '../../src/branding/contrast.ts'
import {
  accentColors,
  defaultColors,
  findContrastFaults,
  fixedColors,
  modes,
} from '../../src/branding/palette.ts'

const anyColor = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`)

describe('the contrast of two colours (WCAG 2.2)', () => {
  // The first three are examples of the W3C's understanding documents, the others were computed apart.
  test.each([
    ['#000000', '#ffffff', 21],
    ['#777777', '#ffffff', 4.48],
    ['#767676', '#ffffff', 4.54],
    ['#ff0000', '#ffffff', 4],
    ['#0000FF', '#ffffff', 8.59],
    ['#123456', '#123456', 1],
  ])('%s and %s: %d', (one, other, ratio) => {
    expect(contrastOf(one, other)).toBeCloseTo(ratio, 1)
    expect(contrastOf(other, one)).toBe(contrastOf(one, other))
  })

  test('luminance goes from black to white', () => {
    expect(luminanceOf('#000000')).toBe(0)
    expect(luminanceOf('#ffffff')).toBeCloseTo(1, 10)
  })

  test('whatever the accent, what is written on it can be read, also under the pointer', () => {
    fc.assert(
      fc.property(anyColor, (accent) => {
        const colors = accentColors(accent)
        expect(contrastOf(colors['on-accent'], accent)).toBeGreaterThanOrEqual(textContrast)
        expect(contrastOf(colors['on-accent'], colors['accent-strong'])).toBeGreaterThanOrEqual(textContrast)
      }),
      { numRuns: 2000 },
    )
    expect(textOn('#ffd400')).toBe('#000000')
    expect(textOn('#1a1a80')).toBe('#ffffff')
  })

  test('a mix lies between its colours', () => {
    expect(mix('#000000', '#ffffff', 0.5)).toBe('#808080')
    expect(mix('#102030', '#ffffff', 0)).toBe('#102030')
  })
})

describe.each(modes)('our own colours, %s', (mode) => {
  const fixed = fixedColors[mode]
  const { background } = defaultColors[mode]

  test('can be read: text on everything it stands on', () => {
    for (const back of [fixed.card, fixed.soft, background]) {
      expect(contrastOf(fixed.text, back), back).toBeGreaterThanOrEqual(textContrast)
      expect(contrastOf(fixed.quiet, back), back).toBeGreaterThanOrEqual(textContrast)
    }
    expect(contrastOf(fixed.danger, fixed.card)).toBeGreaterThanOrEqual(textContrast)
    expect(contrastOf(fixed.danger, fixed['danger-back'])).toBeGreaterThanOrEqual(textContrast)
    expect(contrastOf(fixed.good, fixed['good-back'])).toBeGreaterThanOrEqual(textContrast)
  })

  test('show where a field is (1.4.11)', () => {
    expect(contrastOf(fixed.line, fixed.card)).toBeGreaterThanOrEqual(3)
  })

  test('meet what is demanded of a deployment', () => {
    expect(findContrastFaults(mode, defaultColors[mode])).toEqual([])
  })
})

describe('colours of a deployment', () => {
  test('an accent too light for links is refused with its contrast', () => {
    expect(findContrastFaults('light', { ...defaultColors.light, accent: '#ffd400' })[0]).toEqual({
      color: 'accent',
      detail: 'has a contrast of 1.43:1 to the card, where links have it (#ffffff); at least 4.5:1 is needed',
    })
  })

  test('one that is almost enough is not enough: #777777 on white', () => {
    const [fault] = findContrastFaults('light', { accent: '#777777', background: '#ffffff' })
    expect(fault?.detail).toContain('4.47:1')
  })

  test('a focus ring that cannot be seen on the background, and a footer that cannot be read, are refused', () => {
    const faults = findContrastFaults('light', { accent: '#2f4bd8', background: '#3a55dd' })
    expect(faults.map(({ color, detail }) => `${color} ${detail.split(' to ')[1]?.split(' (')[0]}`)).toEqual([
      'accent the background, as a focus ring',
      'background the text',
      'background the text of the footer',
    ])
  })

  test('dark: a deep blue is refused, a light one is taken', () => {
    const background = defaultColors.dark.background
    expect(findContrastFaults('dark', { accent: '#1a237e', background })).not.toEqual([])
    expect(findContrastFaults('dark', { accent: '#8ab4f8', background })).toEqual([])
  })
})
