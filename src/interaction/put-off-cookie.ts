/** The cookie that remembers which offers a person has put off at this browser. It names no person and no device. */
import { type CookieSettings, readCookie, writeCookie } from '../kit/cookies.ts'

const name = 'authly_put_off'
const lifetimeSeconds = 30 * 86_400
/** No step id contains it. */
const separator = '.'

/** Ids of the steps of kind `offer` that are not offered again yet. */
export const readPutOff = (
  settings: CookieSettings,
  cookieHeader: string | null | undefined,
): readonly string[] => readCookie(settings, cookieHeader, name)?.split(separator).slice(0, 10) ?? []

/** `Set-Cookie` value. @param before what was put off before */
export const setPutOff = (settings: CookieSettings, step: string, before: readonly string[]): string =>
  writeCookie(settings, name, [...new Set([...before, step])].join(separator), lifetimeSeconds)
