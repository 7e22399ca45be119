/**
 * Which changed values webhooks carry. A body leaves the server for somebody else's logs, so a second rule stands
 * behind the one of the trail, which never records a secret: values are sent for known kinds of entities alone, and
 * never for a field whose name sounds like a secret. Of the others a receiver learns that they changed.
 */

export interface Change {
  readonly before?: unknown
  readonly after?: unknown
}

/** Webhook endpoints are none of them: their addresses often hold a token of their owner. */
const shownEntities: ReadonlySet<string> = new Set([
  'user',
  'client',
  'client_secret',
  'initial_access_token',
  'consent',
  'role',
  'scope',
  'resource_server',
  'authorization_details_type',
  'setting',
  'rate_limit',
  'brand_image',
  'signing_key',
  'job',
])

/** A column that a later version adds and its author forgets to hide is caught by its name. */
const secretName = /secret|password|passphrase|hash|salt|sealed|private|credential|assertion|recovery_code/

/** `has_password` and the like are facts about a secret, and names of methods are none. */
const harmless: ReadonlySet<string> = new Set(['has_password', 'must_change_password'])

/** Whether the values of `field` may leave the server. */
export const isShown = (entityType: string | null, field: string): boolean =>
  entityType !== null && shownEntities.has(entityType) && (harmless.has(field) || !secretName.test(field))
