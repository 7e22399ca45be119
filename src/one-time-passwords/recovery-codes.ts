/**
 * Recovery codes: a way in for whoever lost their second factor, each for one sign-in.
 *
 * They are stored as MACs under a key that is not in the database, over the code and its owner. A slow hash protects
 * guessable secrets; these are random, and without the key a copy of the table says nothing about them. With the key
 * too, each code is still 60 bits.
 */
import { base64url } from 'jose'
import type { RootSecret } from '../kit/root-secret.ts'

/** Crockford's base 32: no I, L, O, U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const codeLength = 12
const groupLength = 4
export const recoveryCodeCount = 10

/** A new set, as people are shown them: `XXXX-XXXX-XXXX`. */
export const generateRecoveryCodes = (): readonly string[] => {
  const codes = new Set<string>()
  while (codes.size < recoveryCodeCount) codes.add(generateCode())
  return [...codes]
}

const generateCode = (): string => writeCode(crypto.getRandomValues(new Uint8Array(codeLength)))

/**
 * A set that belongs to one sign-in: whoever reloads its page finds the codes they have written down.
 * @param secretOf a MAC of a message, base64url
 */
export const fixedRecoveryCodes = (
  secretOf: (message: string) => Promise<string>,
): Promise<readonly string[]> =>
  Promise.all(
    Array.from({ length: recoveryCodeCount }, async (_, index) =>
      writeCode(base64url.decode(await secretOf(`recovery code ${index}`))),
    ),
  )

/** A byte's lowest five bits are as random as the byte: no letter is likelier than another. */
function writeCode(random: Uint8Array): string {
  const letters = Array.from(random.subarray(0, codeLength), (byte) => alphabet[byte & 31])
  const groups = Array.from({ length: codeLength / groupLength }, (_, group) =>
    letters.slice(group * groupLength, (group + 1) * groupLength).join(''),
  )
  return groups.join('-')
}

/** Letters that people read for others. */
const lookalikes: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1', U: 'V' }

/**
 * The code as generated, without its dashes, of what a person typed: any case, spaces, dashes, full-width letters and
 * look-alikes are accepted.
 * @returns undefined for what cannot be a code
 */
export function readRecoveryCode(typed: string): string | undefined {
  if (typed.length > 64) return undefined
  const letters = typed
    .normalize('NFKC')
    .replace(/[\s\p{Cf}\p{Pd}]/gu, '')
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .replace(/[OILU]/g, (letter) => lookalikes[letter] as string)
  const isCode = letters.length === codeLength && Array.from(letters).every((each) => alphabet.includes(each))
  return isCode ? letters : undefined
}

/** What is stored of a code. It stays the same when the root secret is rotated. @param code of `readRecoveryCode` */
export const hashRecoveryCode = (
  root: Pick<RootSecret, 'lastingMac'>,
  userId: string,
  code: string,
): Promise<string> => root.lastingMac('recovery code', `${userId}:${code}`)

/** What is stored of a new set. */
export const hashRecoveryCodes = (
  root: Pick<RootSecret, 'lastingMac'>,
  userId: string,
  codes: readonly string[],
): Promise<readonly string[]> =>
  Promise.all(codes.map((code) => hashRecoveryCode(root, userId, readRecoveryCode(code) as string)))
