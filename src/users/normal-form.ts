/**
 * The normal form of what people are called: two identifiers are one if their forms are equal. It is made here and
 * nowhere else; Postgres keeps it beside the text (`users.username_form` …) and compares. What people typed is shown
 * as they typed it. docs/decisions/0026 says why each step is there.
 */
import { domainToUnicode } from 'node:url'

/** Of the rules below. Another number makes the cron job compute the forms of all accounts again. */
export const formVersion = 1

/** Are not seen, and come along when text is copied: joiners, marks of direction, soft hyphens. */
const invisible = /\p{Default_Ignorable_Code_Point}/gu

/** Compatibility forms: fullwidth letters of Japanese keyboards, ligatures, presentation forms. */
const compose = (text: string): string =>
  text.normalize('NFKC').replace(invisible, '').normalize('NFKC').replaceAll('。', '.').trim()

/**
 * Lower case (RFC 8265 §3.3.1, UsernameCaseMapped) by way of capitals: whoever types in capitals, or has a name in
 * them, is the same person, though capitals do not know final sigma, iota subscript and the two i of Turkish. ß stays
 * apart from ss, as RFC 8265 has it: Weiß and Weiss are two people.
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
/** What is no part of a host would be read as another part of the URL. */
const isHostText = /^[a-z0-9._\-\P{ASCII}]+$/iu

/** UTS 46 (not transitional), by the parser of URLs: `undefined` for what is no domain. */
function domainToAscii(domain: string): string | undefined {
  if (isAscii.test(domain) && !hasPunycode.test(domain)) return domain.toLowerCase()
  if (!isHostText.test(domain)) return undefined
  // The label in front of nothing keeps `1.2.3` from being read as an IPv4 address.
  const url = URL.parse(`http://${domain}.x/`)
  return url?.hostname.slice(0, -'.x'.length)
}

/** The domain as people read it: punycode decoded, where it is the punycode of what comes out. */
export function toUnicodeDomain(domain: string): string {
  if (!hasPunycode.test(domain)) return domain
  const unicode = domainToUnicode(domain)
  return domainToAscii(unicode) === domain.toLowerCase() ? unicode : domain
}

/** All spellings of one domain: case, punycode, fullwidth and ideographic full stops, the dot of the root. */
function domainForm(domain: string): string {
  const name = domain.replace(/[\s.]+$/, '')
  const ascii = domainToAscii(name) ?? name.toLowerCase()
  return toUnicodeDomain(ascii).replace(invisible, '').replaceAll('ς', 'σ').normalize('NFKC')
}

/** Whether the text can be a domain by UTS 46, whatever its scripts. */
export const isDomain = (text: string): boolean => domainToAscii(text.normalize('NFKC')) !== undefined

/** The form of a username or an e-mail address; both are one namespace. Idempotent. */
export const identifierForm = (typed: string): string => formOfComposed(compose(typed))

function formOfComposed(text: string): string {
  const at = text.lastIndexOf('@')
  return at === -1 ? foldCase(text) : `${foldCase(text.slice(0, at))}@${domainForm(text.slice(at + 1))}`
}

/**
 * How the version before this one looked for an identifier: what Postgres' lower case of this is may stand in
 * `user_identifiers` for an account whose form is still to be made.
 */
export const plainForm = (typed: string): string => typed.trim().normalize('NFC').toLowerCase()

/** The form of a text that is searched in, or of a word that is searched for. */
export function searchForm(typed: string): string {
  const text = compose(typed)
  return !text.includes('@') && hasPunycode.test(text) ? domainForm(text) : formOfComposed(text)
}

/**
 * What a person typed, as it is kept: composed (NFC), the fullwidth and halfwidth letters of East Asian keyboards as
 * the letters they stand for (RFC 8265 §3.3.1, width mapping), because no identifier holds them.
 */
export const typedText = (text: string): string =>
  text.replace(/[\u3000\uff01-\uffee]+/g, (wide) => wide.normalize('NFKC')).normalize('NFC')
