/**
 * Chooses the language of a page: what the person chose here, then `ui_locales` (OpenID Connect Core §3.1.2.1), then `Accept-Language` (RFC 9110
 * §12.5.4), then English. A new language is one catalogue file, one line in the table, and its tag and name
 * in `languages.ts`.
 */
import { leadingEntries, primaryLanguageOf } from '../kit/language-tag.ts'
import { ar } from './ar.ts'
import { de } from './de.ts'
import { en, type Messages } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { ja } from './ja.ts'
import { isLanguageTag, type LanguageTag } from './languages.ts'
import { pt } from './pt.ts'

export interface Language {
  /** BCP 47 tag, for `lang`. */
  readonly tag: LanguageTag
  readonly dir: 'ltr' | 'rtl'
  readonly messages: Messages
}

const languages: Readonly<Record<LanguageTag, Language>> = {
  en: { tag: 'en', dir: 'ltr', messages: en },
  de: { tag: 'de', dir: 'ltr', messages: de },
  fr: { tag: 'fr', dir: 'ltr', messages: fr },
  es: { tag: 'es', dir: 'ltr', messages: es },
  pt: { tag: 'pt', dir: 'ltr', messages: pt },
  ja: { tag: 'ja', dir: 'ltr', messages: ja },
  ar: { tag: 'ar', dir: 'rtl', messages: ar },
}

/** Limits on the parsed length and number of entries: the rest of a longer header is ignored. */
const maxLength = 512
const maxEntries = 20

/**
 * The best available language.
 * @param uiLocales space-separated BCP 47 tags in order of preference
 * @param acceptLanguage the header's value
 * @param chosen by the person, on a page of ours
 */
export function chooseLanguage(
  uiLocales: string | undefined,
  acceptLanguage: string | undefined,
  chosen?: LanguageTag,
): Language {
  if (chosen) return languages[chosen]
  const asked = leadingEntries(uiLocales ?? '', ' ', maxLength).split(' ')
  for (const tag of [
    ...asked.slice(0, maxEntries),
    ...byWeight(leadingEntries(acceptLanguage ?? '', ',', maxLength)),
  ]) {
    const primary = primaryLanguageOf(tag)
    if (isLanguageTag(primary)) return languages[primary]
  }
  return languages.en
}

/** Of a person who is not there to be asked. @param locale the claim, as it is stored (OpenID Connect Core §5.1) */
export const languageOfLocale = (locale: unknown): Language =>
  chooseLanguage(typeof locale === 'string' ? locale : undefined, undefined)

/** Tags of an `Accept-Language` value, most preferred first; malformed weights count as 0. */
function byWeight(header: string): string[] {
  return header
    .split(',')
    .slice(0, maxEntries)
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().split(/\s*;\s*/)
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
      return {
        tag,
        weight: weight === undefined ? 1 : /^[01](\.\d{0,3})?$/.test(weight) ? Number(weight) : 0,
      }
    })
    .filter(({ weight }) => weight > 0)
    .sort((left, right) => right.weight - left.weight)
    .map(({ tag }) => tag)
}
