/** The cookie that remembers which language a person chose on a page of ours. It names no person and no device. */
import { type CookieSettings, readCookie, writeCookie } from '../kit/cookies.ts'
import { isLanguageTag, type LanguageTag } from '../messages/languages.ts'

const name = 'authly_language'
const yearSeconds = 31_536_000

/** `undefined` when nothing was chosen, or a language that there no longer is. */
export function readChosenLanguage(
  settings: CookieSettings,
  cookieHeader: string | undefined,
): LanguageTag | undefined {
  const tag = readCookie(settings, cookieHeader, name)
  return tag !== undefined && isLanguageTag(tag) ? tag : undefined
}

/** `Set-Cookie` value. */
export const setChosenLanguage = (settings: CookieSettings, tag: LanguageTag): string =>
  writeCookie(settings, name, tag, yearSeconds)
