/** Times as people type them. */
import { usage } from './failure.ts'

const pattern = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?\s?(Z|[+-]\d{2}:\d{2})?)?$/i

export const timeForms =
  'A <time> is a date, 2026-01-31, which means its start (00:00 UTC), or a time, 2026-01-31T09:30, in UTC unless a zone follows (+01:00). An upper bound lies before the time given: a date leaves that day out.'

/**
 * RFC 3339, as the API takes it.
 * @param text a date, or a date and a time; without a zone both are UTC
 * @throws Failure for anything else, and for a day or hour that does not exist
 */
export function readTime(option: string, text: string): string {
  const [, date, time = '00:00', seconds = ':00', zone = 'Z'] = pattern.exec(text.trim()) ?? []
  const exists =
    date !== undefined &&
    // JavaScript takes 30 February for 2 March.
    new Date(`${date}T00:00Z`).getUTCDate() === Number(date.slice(8)) &&
    !Number.isNaN(Date.parse(`${date}T${time}${seconds}${zone.toUpperCase()}`))
  if (exists) return `${date}T${time}${seconds}${zone.toUpperCase()}`
  throw usage(
    `--${option}: “${text}” is no time.`,
    'Give a date (2026-01-31: its start, UTC) or a time (2026-01-31T09:30:00Z, 2026-01-31T09:30+01:00).',
  )
}
