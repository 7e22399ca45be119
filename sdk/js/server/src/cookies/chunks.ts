import { type CookieChange, removed } from './cookie-change.ts'
import type { RequestCookies } from './request-cookies.ts'

/** Browsers keep 4,096 bytes of a cookie, name and attributes included (RFC 6265 §6.1). */
const chunkLength = 3_800
/** Two of them: many proxies refuse a header line of more than 8 KiB, and then nobody gets in any more. */
const maxChunks = 2

export const maxCookieLength = chunkLength * maxChunks

const nameOf = (name: string, index: number): string => (index === 0 ? name : `${name}.${index}`)

/** A value over as many cookies as it needs; those left from a longer one are removed. */
export function writeChunks(
  name: string,
  value: string | undefined,
  maxAgeSeconds: number,
  cookies: RequestCookies,
): readonly CookieChange[] {
  const count = Math.ceil((value?.length ?? 0) / chunkLength)
  const changes: CookieChange[] = []
  for (let index = 0; index < maxChunks; index++) {
    const part = value?.slice(index * chunkLength, (index + 1) * chunkLength)
    if (index < count) changes.push({ name: nameOf(name, index), value: part, maxAgeSeconds })
    else if (cookies.has(nameOf(name, index))) changes.push(removed(nameOf(name, index)))
  }
  return changes
}

export function readChunks(name: string, cookies: RequestCookies): string | undefined {
  const parts: string[] = []
  for (let index = 0; index < maxChunks; index++) {
    const part = cookies.get(nameOf(name, index))
    if (part === undefined) break
    parts.push(part)
  }
  const value = parts.join('')
  return value === '' || value.length > maxCookieLength ? undefined : value
}
