/**
 * Milliseconds that `Retry-After` asks for: seconds, or a date (RFC 9110 §10.2.3). Undefined: it says nothing. Whoever
 * asks decides how much of it is too much.
 * @param now milliseconds since the Unix epoch
 */
export function readRetryAfter(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? ''
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000
  // `Date.parse` also takes numbers for dates, such as -5.
  const at = /GMT$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(at - now, 0)
}
