/**
 * The normal form of identifiers: two identifiers are the same if their forms are equal. It is computed only here;
 * Postgres stores it beside the text (`users.username_form` …) and compares. The text is displayed as typed.
 * docs/decisions/0026 explains each step.
 */
import { domainToUnicode } from 'node:url'

/** Version of the rules below. Changing it makes the cron job recompute the forms of all accounts. */
export const formVersion = 2

/** Invisible characters that come along when text is copied: joiners, direction marks, soft hyphens. */
const invisible = /\p{Default_Ignorable_Code_Point}/gu

/** Replaces compatibility characters: fullwidth letters of Japanese keyboards, ligatures, presentation forms. */
const compose = (text: string): string =>
  text.normalize('NFKC').replace(invisible, '').normalize('NFKC').replaceAll('。', '.').trim()

/**
 * Lower case (RFC 8265 §3.3.1, UsernameCaseMapped) by way of upper case, so that a name typed in capitals is the same
 * name although capitals lose final sigma, iota subscript and the two Turkish i. ß stays distinct from ss, as in RFC
 * 8265: Weiß and Weiss are two users.
 */
const foldCase = (text: string): string =>
  text
    .replace(/[^ß]+/g, (letters) => letters.toUpperCase())
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFD')
    .replace(/i\u0307+/g, 'i')
    .normalize('NFKC')

const isAscii = /^[a-z0-9._-]*$/i
const hasPunycode = /(?:^|\.)xn--/i
/** Anything else would be parsed as another part of the URL. */
const isHostText = /^[a-z0-9._\-\P{ASCII}]+$/iu

/** UTS 46 (non-transitional) by the URL parser; `undefined` if the text is not a domain. */
function domainToAscii(domain: string): string | undefined {
  if (isAscii.test(domain) && !hasPunycode.test(domain)) return domain.toLowerCase()
  if (!isHostText.test(domain)) return undefined
  // The appended label keeps `1.2.3` from being parsed as an IPv4 address.
  const url = URL.parse(`http://${domain}.x/`)
  return url?.hostname.slice(0, -'.x'.length)
}

/** The domain for display: punycode decoded if it encodes back to the same text. */
export function toUnicodeDomain(domain: string): string {
  if (!hasPunycode.test(domain)) return domain
  const unicode = domainToUnicode(domain)
  return domainToAscii(unicode) === domain.toLowerCase() ? unicode : domain
}

/**
 * One form for all spellings of a domain: case, punycode, fullwidth and ideographic full stops, trailing dot. UTS 46
 * leaves the dot of the Turkish İ standing above the i, where nobody sees it: İstanbul.com in capitals is istanbul.com.
 */
function domainForm(domain: string): string {
  const name = domain.replace(/[\s.]+$/, '')
  const ascii = domainToAscii(name) ?? name.toLowerCase()
  return toUnicodeDomain(ascii)
    .replace(invisible, '')
    .replaceAll('ς', 'σ')
    .normalize('NFD')
    .replace(/i\u0307+/g, 'i')
    .normalize('NFKC')
}

/** Whether the text is a valid domain under UTS 46, in any script. */
export const isDomain = (text: string): boolean => domainToAscii(text.normalize('NFKC')) !== undefined

/** The normal form of a username or e-mail address, which share one namespace. Idempotent. */
export const identifierForm = (typed: string): string => formOfComposed(compose(typed))

function formOfComposed(text: string): string {
  const at = text.lastIndexOf('@')
  return at === -1 ? foldCase(text) : `${foldCase(text.slice(0, at))}@${domainForm(text.slice(at + 1))}`
}

/**
 * How the version before normal forms looked identifiers up: `user_identifiers` may hold the lower case of this (by
 * Postgres) for an account whose form has not been computed yet.
 */
export const plainForm = (typed: string): string => typed.trim().normalize('NFC').toLowerCase()

/** The normal form of searched text and of search terms. */
export function searchForm(typed: string): string {
  const text = compose(typed)
  return !text.includes('@') && hasPunycode.test(text) ? domainForm(text) : formOfComposed(text)
}

/**
 * Typed text as stored: composed (NFC), with fullwidth and halfwidth letters of East Asian keyboards mapped to ordinary
 * ones (RFC 8265 §3.3.1, width mapping), because no identifier may contain them.
 */
export const typedText = (text: string): string =>
  text.replace(/[\u3000\uff01-\uffee]+/g, (wide) => wide.normalize('NFKC')).normalize('NFC')
