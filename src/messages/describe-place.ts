/** Names a place in the reader's language, as far as it is known there. */

/**
 * E.g. "Berlin, Germany".
 * @param place.country ISO 3166-1 alpha-2, or one of Cloudflare's own codes
 */
export function describePlace(
  language: string,
  { country, city }: { readonly country: string; readonly city?: string | undefined },
): string {
  const named = /^[A-Z]{2}$/.test(country) ? countryNames(language).of(country) : undefined
  return [city, named ?? country].filter(Boolean).join(', ')
}

const countryNames = (language: string) => new Intl.DisplayNames(language, { type: 'region' })
