import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { renewCache } from '../../edge-cache/renew-cache.ts'
import { signingKeysCacheKey } from '../../keys/signing-key-row.ts'
import { selectSigningKeys, toLoadedKeys } from '../../keys/signing-keys.store.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { conflict, notFound } from '../problems.ts'
import { removeKey } from './key-changes.store.ts'

export const retireKey = defineOperation({
  id: 'retireKey',
  method: 'delete',
  path: '/admin/keys/{kid}',
  tag: 'Keys',
  summary: 'Remove a signing key from the JWKS at once',
  description:
    'For a key that somebody else may know: every token signed with it stops being valid. The key that signs cannot be removed; rotate it first, with `emergency`. Keys that are merely old go by themselves.',
  permission: 'admin:keys:write',
  dangerous: true,
  params: z.object({
    kid: z
      .string()
      .regex(/^[\w-]{1,128}$/)
      .openapi({ description: 'Key id', example: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' }),
  }),
  answers: { 204: { description: 'The key is gone' } },
  problems: { 409: 'The key signs: rotate first' },
  async run({ db, deps, event, params: { kid } }) {
    const [known, removed, left] = await db.runAll([
      sql`select status from signing_keys where kid = ${kid} for update`,
      removeKey(kid, event('key.removed', { entity_type: 'signing_key', entity_id: kid, data: { kid } })),
      selectSigningKeys,
    ])
    if (!known?.length) return err(notFound)
    if (!removed?.length) {
      return err(conflict('key_in_use', 'The key signs: rotate it first, with emergency'))
    }
    await renewCache(deps.edgeCache, signingKeysCacheKey, toLoadedKeys(left ?? []))
    return answer(204)
  },
})
