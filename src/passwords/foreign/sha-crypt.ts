/**
 * crypt(3) of Linux: `$5$` (SHA-256) and `$6$` (SHA-512), with `rounds=` or 5,000
 * (https://www.akkadia.org/drepper/SHA-crypt.txt; the step numbers below are those of that text).
 */
import { bytesEqual, concatBytes, type ForeignScheme, maxPasswordBytes } from './foreign-scheme.ts'
import { cryptAlphabet } from './phpass.ts'

/** About 0.6 seconds of CPU with a long password. Linux writes 5,000 or a few times that. */
const maxRounds = 100_000

const form = /^\$([56])\$(?:rounds=(\d{4,9})\$)?([^$:\n]{0,16})\$([./0-9A-Za-z]{43}|[./0-9A-Za-z]{86})$/

const encoder = new TextEncoder()
type Digest = (message: Uint8Array) => Uint8Array

export const shaCrypt: ForeignScheme = {
  id: 'sha-crypt',
  parse(stored) {
    const match = form.exec(stored)
    const kind = match?.[1] as '5' | '6' | undefined
    const expected = match?.[4]
    if (!match || !kind || expected?.length !== (kind === '5' ? 43 : 86)) return undefined
    const rounds = Number(match[2] ?? 5000)
    if (rounds < 1000) return undefined
    if (rounds > maxRounds) return 'too dear'
    const salt = encoder.encode(match[3])
    return {
      async verify(password) {
        if (password.length > maxPasswordBytes) return false
        const { sha256, sha512 } = await import('@noble/hashes/sha2.js')
        const digest = kind === '5' ? sha256 : sha512
        const made = derive(digest, password, salt, rounds)
        return bytesEqual(encoder.encode(encode(made)), encoder.encode(expected))
      },
    }
  },
}

/** `source` repeated to `length` bytes. */
function repeated(source: Uint8Array, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => source[index % source.length] as number)
}

/** Steps 1-21. */
function derive(digest: Digest, password: Uint8Array, salt: Uint8Array, rounds: number): Uint8Array {
  const alternate = digest(concatBytes(password, salt, password))
  const parts = [password, salt, repeated(alternate, password.length)]
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? alternate : password)
  let hash = digest(concatBytes(...parts))

  const ofPassword = digest(repeated(password, password.length ** 2))
  const p = repeated(ofPassword, password.length)
  const s = repeated(digest(repeated(salt, salt.length * (16 + (hash[0] as number)))), salt.length)
  for (let round = 0; round < rounds; round++) {
    const odd = round % 2 === 1
    hash = digest(
      concatBytes(
        odd ? p : hash,
        round % 3 === 0 ? new Uint8Array() : s,
        round % 7 === 0 ? new Uint8Array() : p,
        odd ? hash : p,
      ),
    )
  }
  return hash
}

/** Step 22: groups of three bytes, one of each third of the hash, rotated from group to group. */
function encode(hash: Uint8Array): string {
  const third = Math.floor(hash.length / 3)
  const rotation = hash.length === 64 ? 1 : 2
  let text = ''
  for (let group = 0; group < third; group++) {
    const order = [0, 1, 2].map((index) => group + third * ((index + rotation * group) % 3))
    const [high = 0, middle = 0, low = 0] = order.map((at) => hash[at])
    text += characters((high << 16) | (middle << 8) | low, 4)
  }
  const [last = 0, beforeLast = 0] = [hash[hash.length - 1], hash[hash.length - 2]]
  return hash.length === 64 ? text + characters(last, 2) : text + characters((last << 8) | beforeLast, 3)
}

const characters = (value: number, count: number): string =>
  Array.from({ length: count }, (_, index) => cryptAlphabet[(value >> (6 * index)) & 63]).join('')
