/**
 * Requirements for a new password: NIST SP 800-63B §3.1.1 (length, no composition rules, a blocklist of common and
 * context-specific values). 12 characters is above its minimum of 8 and below the 15 it requires of a password
 * used alone; rate limits per account and address make up the difference.
 */
import { commonPasswords } from './common-passwords.ts'
import { normalizePassword } from './normalize-password.ts'

export const minPasswordLength = 12
export const maxPasswordLength = 256

export type PasswordProblem = 'too_short' | 'too_long' | 'too_common' | 'too_similar' | 'unchanged'

/**
 * Checks a new password; `undefined` when it is acceptable. Lengths are in Unicode code points.
 * @param identifiers the user's username and e-mail address
 */
export function checkNewPassword(
  password: string,
  context: { readonly identifiers: readonly string[]; readonly current?: string | undefined },
): PasswordProblem | undefined {
  const normalized = normalizePassword(password)
  const length = [...normalized].length
  if (length < minPasswordLength) return 'too_short'
  if (length > maxPasswordLength) return 'too_long'
  if (context.current !== undefined && normalizePassword(context.current) === normalized) return 'unchanged'
  if (isCommon(normalized)) return 'too_common'
  if (context.identifiers.some((identifier) => isBuiltFrom(normalized, identifier))) return 'too_similar'
  return undefined
}

const plain = (text: string): string => text.normalize('NFKC').toLowerCase()

function isCommon(password: string): boolean {
  const text = plain(password)
  const letters = lettersAndDigits(text)
  const withoutTail = text.replace(/\P{L}+$/u, '')
  const spellings = [text, withoutTail].flatMap((base) => [
    lettersAndDigits(base),
    lettersAndDigits(unleet(base)),
  ])
  return (
    new Set(text).size < 5 ||
    [...spellings, smallestRepeatedUnit(letters)].some((spelling) => commonPasswords.has(spelling)) ||
    isKeyboardRun(letters)
  )
}

/** "p@ssw0rd" -> "password". */
const unleet = (text: string): string =>
  text.replace(/[@4]/g, 'a').replace(/0/g, 'o').replace(/[1!]/g, 'i').replace(/3/g, 'e').replace(/[$5]/g, 's')

const lettersAndDigits = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '')

/** "passwordpassword" -> "password". */
function smallestRepeatedUnit(text: string): string {
  for (let size = 1; size <= text.length / 2; size++) {
    if (text.length % size === 0 && text === text.slice(0, size).repeat(text.length / size)) {
      return text.slice(0, size)
    }
  }
  return text
}

const runs = [
  '0123456789012345678901234567890',
  'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm1234567890',
  '1234567890qwertyuiopasdfghjklzxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1q2w3e4r5t6y7u8i9o0p',
]

const isKeyboardRun = (text: string): boolean =>
  text !== '' && runs.some((run) => run.includes(text) || run.includes([...text].reverse().join('')))

/** Whether little remains of the password without the identifier (or the local part of an address). */
function isBuiltFrom(password: string, identifier: string): boolean {
  const text = plain(password)
  const whole = plain(identifier)
  const parts = [whole, whole.split('@')[0] ?? ''].filter((part) => part.length >= 4)
  return parts.some((part) => text.includes(part) && [...text.replaceAll(part, '')].length < 6)
}
