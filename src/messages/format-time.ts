/** Formats durations and times in the user's language. */

/**
 * A duration: "45 seconds", "3 minutes".
 * @param seconds rounded up to whole minutes or hours when long
 */
export function formatWait(language: string, seconds: number): string {
  const [value, unit] =
    seconds < 60
      ? [Math.max(1, Math.ceil(seconds)), 'second']
      : seconds < 3600
        ? [Math.ceil(seconds / 60), 'minute']
        : [Math.ceil(seconds / 3600), 'hour']
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value)
}

/**
 * A date and time with its zone, because the server may not know the reader's zone.
 * @param at milliseconds since the Unix epoch
 */
export const formatTime = (language: string, at: number, timeZone: string): string =>
  new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(at)

/** "30 days". */
export const formatDays = (language: string, days: number): string =>
  new Intl.NumberFormat(language, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(days)
