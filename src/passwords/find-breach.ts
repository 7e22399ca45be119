/**
 * Looks a password up in a list of breached ones, by k-anonymity: the list's server learns the first five digits of its
 * SHA-1, which hundreds of listed passwords share. The protocol is the range search of Have I Been Pwned
 * (https://haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange).
 */
import { createGuardedFetch, type FetchRules } from '../kit/guarded-fetch.ts'
import { observedFetch } from '../telemetry/observed-fetch.ts'
import { normalizePassword } from './normalize-password.ts'

/** `failed`: no answer in time, or none that could be read. Nothing is known then. */
export type BreachLookup = 'found' | 'not_found' | 'failed'

const prefixLength = 5
/** An answer has about 2,000 lines of 40 bytes. */
const limits = { maxBytes: 512 * 1024, timeoutMilliseconds: 1000 }
/** Padding: without it, the length of the encrypted answer tells which prefix was asked for. */
const headers = { accept: 'text/plain', 'add-padding': 'true' }

const line = /^([0-9A-F]{35}):(\d{1,12})$/i

/**
 * Builds the lookup, one request of at most a second. Neither the password nor any digit of its hash is logged or traced:
 * what is observed of a request is its host.
 * @param url of the server; the prefix is appended
 */
export function createFindBreach(
  url: string,
  rules: FetchRules,
): (password: string) => Promise<BreachLookup> {
  const guardedFetch = createGuardedFetch(rules, observedFetch, limits, headers)
  return async (password) => {
    const hash = await sha1Of(normalizePassword(password))
    const answer = await guardedFetch(url + hash.slice(0, prefixLength))
    return answer.ok ? readRange(answer.value, hash.slice(prefixLength)) : 'failed'
  }
}

/** @param suffix the remaining 35 digits, in capitals */
export function readRange(text: string, suffix: string): BreachLookup {
  const lines = text.trim().split(/\r?\n/)
  let isFound = false
  for (const each of lines) {
    const [, listed = '', count] = line.exec(each) ?? []
    // Not the protocol: an error page, an answer cut short.
    if (listed === '') return 'failed'
    // Lines that pad the answer have the count 0.
    if (listed.toUpperCase() === suffix && Number(count) > 0) isFound = true
  }
  return isFound ? 'found' : 'not_found'
}

/** In capital hexadecimal digits. SHA-1 is the list's; nothing is protected by it here. */
async function sha1Of(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text)))
  return [...digest]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
}
