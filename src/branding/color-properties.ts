/** Colours as custom properties of a stylesheet. */
import { accentColors, type ChosenColors, fixedColors, type Mode } from './palette.ts'

const properties = (colors: Readonly<Record<string, string>>): string =>
  Object.entries(colors)
    .map(([name, color]) => `--${name}:${color}`)
    .join(';')

/** Paper is white: what is printed keeps the colours of the light mode, whatever the screen has. */
const byMode = (rules: Readonly<Record<Mode, string>>): string =>
  `:root{${rules.light}}@media screen and (prefers-color-scheme:dark){:root{${rules.dark}}}`

/** The chosen colours and those that follow from them. */
export const chosenProperties = ({ accent, background }: ChosenColors): string =>
  properties({ page: background, ...accentColors(accent) })

/** Rules for the colours of a deployment, to stand after the stylesheet of all. */
export const brandRules = (colors: Readonly<Record<Mode, ChosenColors>>): string =>
  byMode({ light: chosenProperties(colors.light), dark: chosenProperties(colors.dark) })

/** Rules for every colour. */
export const colorRules = (colors: Readonly<Record<Mode, ChosenColors>>): string =>
  byMode({
    light: `${properties(fixedColors.light)};${chosenProperties(colors.light)}`,
    dark: `${properties(fixedColors.dark)};${chosenProperties(colors.dark)}`,
  })
