/** Contrast of two colours by WCAG 2.2 (definitions "relative luminance" and "contrast ratio"). Colours are `#rrggbb`. */

/** Success criterion 1.4.3: text. */
export const textContrast = 4.5
/** Success criterion 1.4.11: focus rings, borders of fields. */
export const shapeContrast = 3

/** `#rrggbb`, in either case. */
export const colorPattern = /^#[0-9a-fA-F]{6}$/

type Channels = readonly [red: number, green: number, blue: number]

/** 0 to 255 each. */
function channelsOf(color: string): Channels {
  const number = Number.parseInt(color.slice(1), 16)
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255]
}

/** 0 for black to 1 for white. */
export function luminanceOf(color: string): number {
  const [red, green, blue] = channelsOf(color).map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as unknown as Channels
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** 1 for equal colours to 21 for black on white; the order does not matter. */
export function contrastOf(one: string, other: string): number {
  const [darker, lighter] = [luminanceOf(one), luminanceOf(other)].sort((left, right) => left - right)
  return ((lighter as number) + 0.05) / ((darker as number) + 0.05)
}

/** @param share of `other`, 0 to 1 */
export function mix(color: string, other: string, share: number): string {
  const others = channelsOf(other)
  const mixed = channelsOf(color).map((channel, index) =>
    Math.round(channel + ((others[index] as number) - channel) * share)
      .toString(16)
      .padStart(2, '0'),
  )
  return `#${mixed.join('')}`
}

/** White where it can be read on `back`, else black, which then can: no colour is too close to both. */
export const textOn = (back: string): '#ffffff' | '#000000' =>
  contrastOf('#ffffff', back) >= textContrast ? '#ffffff' : '#000000'
