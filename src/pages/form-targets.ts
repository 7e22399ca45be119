/**
 * The allowed targets of forms within an interaction, which ends at the application. Chromium enforces
 * `form-action` on the whole redirect chain after a post, so the redirect URI's scheme must be listed; and
 * `https:`, because an application may redirect from its callback to any of its hosts.
 */
import { type Interaction, redirectUriOf } from '../interaction/interaction.ts'

/** CSP sources for the redirect URI of an interaction (authorize has validated its parameters). */
export function formTargets(interaction: Interaction): readonly string[] {
  const redirectUri = redirectUriOf(interaction)
  return redirectUri === undefined ? ['https:'] : schemeSources(redirectUri)
}

/** `https:` and the scheme of `uri`, e.g. `com.example.app:` of a native application. */
export function schemeSources(uri: string): readonly string[] {
  if (!URL.canParse(uri)) return ['https:']
  const scheme = new URL(uri).protocol
  const isSafe = /^[a-z][a-z0-9+.-]*:$/.test(scheme) && !['javascript:', 'data:', 'blob:'].includes(scheme)
  return isSafe && scheme !== 'https:' ? ['https:', scheme] : ['https:']
}

/** The host of the redirect URI; `undefined` for private-use schemes of native applications. */
export function returnHost(interaction: Interaction): string | undefined {
  const redirectUri = redirectUriOf(interaction)
  if (redirectUri === undefined || !URL.canParse(redirectUri)) return undefined
  return new URL(redirectUri).host || undefined
}
