/**
 * Requirements for a new password: NIST SP 800-63B-4 §3.1.1.2 (length, no composition rules, a blocklist of common and
 * context-specific values, no expiry, no hints).
 */
import { commonPasswords } from './common-passwords.ts'
import { normalizePassword } from './normalize-password.ts'

/** Where a password alone signs people in. Beside a second factor NIST demands 8, the least that the setting takes. */
const minLengthAlone = 15
/** NIST demands at least 64. */
export const maxPasswordLength = 256

export interface PasswordRules {
  /** Unicode code points. */
  readonly min_length: number
  /** Words of this service that a new password must not be built from: its name, the labels of its host name. */
  readonly service_names: readonly string[]
}

/** The settings that the rules depend on. */
export interface PasswordSettings {
  readonly 'passwords.min_length': number
  readonly 'sign_in.second_factor'?: 'optional' | 'required'
  readonly 'branding.name'?: string
}

export type ReadPasswordRules = () => Promise<PasswordRules>

/** @param issuer URL of this server, whose host name is guessed too */
export function passwordRulesOf(settings: PasswordSettings, issuer: string): PasswordRules {
  const isAlone = settings['sign_in.second_factor'] !== 'required'
  const configured = settings['passwords.min_length']
  const labels = new URL(issuer).hostname.split('.')
  return {
    min_length: isAlone ? Math.max(configured, minLengthAlone) : configured,
    service_names: [settings['branding.name'] ?? '', ...labels].filter((name) => name !== ''),
  }
}

export type PasswordProblem =
  | 'too_short'
  | 'too_long'
  | 'too_common'
  | 'too_similar'
  | 'unchanged'
  /** One of the person's former passwords. */
  | 'reused'

/**
 * Checks a new password; `undefined` when it is acceptable. Lengths are in Unicode code points.
 * @param identifiers the user's username and e-mail address
 */
export function checkNewPassword(
  password: string,
  context: {
    readonly rules: PasswordRules
    readonly identifiers: readonly string[]
    readonly current?: string | undefined
  },
): PasswordProblem | undefined {
  const normalized = normalizePassword(password)
  const length = [...normalized].length
  if (length < context.rules.min_length) return 'too_short'
  if (length > maxPasswordLength) return 'too_long'
  if (context.current !== undefined && normalizePassword(context.current) === normalized) return 'unchanged'
  if (isCommon(normalized)) return 'too_common'
  const words = [...context.identifiers.flatMap(wordsOf), ...context.rules.service_names]
  if (isBuiltFrom(normalized, words)) return 'too_similar'
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

/** An identifier with its parts: of `ada.lovelace@example.com` also `ada.lovelace`, `lovelace` and `example`. */
const wordsOf = (identifier: string): readonly string[] => [
  identifier,
  ...identifier.split('@'),
  ...identifier.split(/[^\p{L}\p{N}]+/u),
]

/** Shorter words are part of too many others. */
const minWordLength = 4
/** More than this besides the words makes a password of its own, unless it is common by itself. */
const minRest = 6

/** Whether little remains of the password without these words, the longest taken out first. */
function isBuiltFrom(password: string, words: readonly string[]): boolean {
  const text = plain(password)
  const found = words
    .map(plain)
    .filter((word) => word.length >= minWordLength && text.includes(word))
    .toSorted((left, right) => right.length - left.length)
  if (found.length === 0) return false
  const rest = found.reduce((left, word) => left.replaceAll(word, ''), text)
  return [...rest].length < minRest || isCommon(rest)
}
