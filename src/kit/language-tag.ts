/** Language tags (BCP 47, RFC 5646 §2.1), checked by grammar only: subtags need not be registered. */

const language = '(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})'
const script = '(?:-[a-z]{4})?'
const region = '(?:-(?:[a-z]{2}|\\d{3}))?'
const variants = '(?:-(?:[a-z\\d]{5,8}|\\d[a-z\\d]{3}))*'
const extensions = '(?:-[a-wy-z\\d](?:-[a-z\\d]{2,8})+)*'
const privateUse = 'x(?:-[a-z\\d]{1,8})+'
/** Irregular grandfathered tags, which do not match the grammar; the regular ones do. */
const grandfathered = 'en-gb-oed|i-[a-z]{3,8}|sgn-be-(?:fr|nl)|sgn-ch-de'
const tag = new RegExp(
  `^(?:${language}${script}${region}${variants}${extensions}(?:-${privateUse})?|${privateUse}|${grandfathered})$`,
  'i',
)

/**
 * Whether `text` is a well-formed tag; underscores are accepted too, as OpenID Connect Core §5.1 does for
 * `locale`.
 */
export const isLanguageTag = (text: string): boolean => tag.test(text.replaceAll('_', '-'))

/** The first subtag, which is the language, in lower case. */
export const primaryLanguageOf = (text: string): string => text.split(/[-_]/, 1)[0]?.toLowerCase() ?? ''

/**
 * The leading entries of a list that fit into `maxLength`. Entries are never cut: half a tag could be another
 * language.
 */
export function leadingEntries(list: string, separator: ' ' | ',', maxLength: number): string {
  if (list.length <= maxLength) return list
  return list.slice(0, Math.max(0, list.lastIndexOf(separator, maxLength)))
}
