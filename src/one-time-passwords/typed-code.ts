/** What people type for the code that their app shows. */
import { digitsOf } from './unicode-digits.ts'

/**
 * The code as ASCII digits. Apps show codes in groups and in the digits of the reader's script, so spaces, dashes and
 * any decimal digits are accepted (full width, Arabic-Indic …).
 * @returns undefined for what cannot be a code: other characters, or not 6 to 8 digits
 */
export function readTypedCode(text: string): string | undefined {
  const code = digitsOf(text.replace(/[\s\p{Cf}\p{Pd}]/gu, ''))
  return code !== undefined && /^[0-9]{6,8}$/.test(code) ? code : undefined
}
