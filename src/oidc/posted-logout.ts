/**
 * A logout request that was posted continues by GET, because only that has our SameSite=Lax cookies. It goes there
 * sealed: an application posts so that the ID token is in no address, and thereby in no history and no log.
 */
import type { RootSecret } from '../kit/root-secret.ts'
import { type Parameters, parseParameters } from '../protocol/parameters.ts'

/** In the query of the request by GET. */
export const postedLogout = 'posted'

const purpose = 'posted-logout'
/** Milliseconds. Browsers follow a redirect at once; people reload the page after it. */
const lifetime = 600_000

/** The query of the same request by GET. */
export async function queryOfPosted(root: RootSecret, form: Parameters, now: number): Promise<string> {
  if (form.get('id_token_hint') === undefined) return form.encoded
  const sealed = await root.seal(purpose, JSON.stringify({ until: now + lifetime, form: form.encoded }))
  return `${postedLogout}=${sealed}`
}

/** The parameters that were posted; undefined for what was not sealed here, or too long ago. */
export async function openPosted(
  root: RootSecret,
  sealed: string,
  now: number,
): Promise<Parameters | undefined> {
  const opened = await root.open(purpose, sealed)
  if (opened === undefined) return undefined
  const { until, form } = JSON.parse(opened) as { readonly until: number; readonly form: string }
  const parameters = now < until ? parseParameters(form) : undefined
  return parameters?.ok ? parameters.value : undefined
}
