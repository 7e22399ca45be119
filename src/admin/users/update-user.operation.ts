import { sql } from 'drizzle-orm'
import { assertMayManage } from '../../access/rights.store.ts'
import { err } from '../../kit/result.ts'
import { existingUser, toUser, userParams, userSchema } from '../../users/account.ts'
import { formsOf, formVersion, identifierForm } from '../../users/normal-form.ts'
import { type UserPatch, userPatch } from '../../users/user-fields.ts'
import { outcomeOf, updateEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { refuseNameless, selectUser, userConflicts, userRow } from './user.store.ts'

export const updateUser = defineOperation({
  id: 'updateUser',
  method: 'patch',
  path: '/admin/users/{user_id}',
  tag: 'Users',
  summary: 'Change an account',
  description:
    'Another e-mail address or phone number counts as not verified unless the patch says otherwise. Roles, status and credentials have operations of their own. Nobody changes the account of a person who may do more than they may.',
  permission: 'admin:users:write',
  conditional: true,
  params: userParams,
  body: userPatch,
  answers: { 200: { description: 'The account as it is now', schema: userSchema, versioned: true } },
  problems: { 409: 'The username or e-mail address is taken, or none would be left' },
  conflicts: userConflicts,
  async run({ actor, body, db, event, expectedVersions, params: { user_id } }) {
    const [, updated, , found] = await db.runAll([
      assertMayManage(actor, user_id),
      updateEntity({
        table: 'users',
        key: { id: user_id },
        patch: { ...body, ...formsOfNames(body) },
        computed: { ...doubted(body), ...versionOfForms(body) },
        expectedVersions,
        event: event('user.updated', { user_id, entity_type: 'user', entity_id: user_id }),
      }),
      body.username === null || body.email === null ? refuseNameless(user_id) : sql`select`,
      selectUser(user_id),
    ])
    const changed = outcomeOf(userRow, updated)
    if (!changed.ok) return err(changed.error)
    const user = existingUser(found)
    return answer(200, toUser(user), { version: user.version })
  },
})

/** Normal forms of the names in a patch. */
const formsOfNames = ({ username, email }: UserPatch) => {
  const { username_form, email_form } = formsOf({ username, email })
  return {
    ...(username === undefined ? {} : { username_form }),
    ...(email === undefined ? {} : { email_form }),
  }
}

/**
 * Naming the version says that the forms belong to these names. It is the oldest of the account's forms: those that
 * the patch does not bring stay as they are. Null is of no form, and ignored.
 */
const versionOfForms = ({ username, email }: UserPatch) =>
  username === undefined && email === undefined
    ? {}
    : { form_version: sql`to_jsonb(least(${formVersion}::smallint, current.form_version))` }

/** Attack: an address verified once vouches for another that somebody put in its place. */
const doubted = (patch: UserPatch) => ({
  ...(patch.email === undefined || patch.email_verified !== undefined
    ? {}
    : {
        email_verified: sql`to_jsonb(current.email_verified
          and coalesce(current.email_form, lower(current.email))
            is not distinct from ${patch.email === null ? null : identifierForm(patch.email)}::text)`,
      }),
  ...(patch.phone_number === undefined || patch.phone_number_verified !== undefined
    ? {}
    : {
        phone_number_verified: sql`to_jsonb(current.phone_number_verified
          and current.phone_number is not distinct from ${patch.phone_number}::text)`,
      }),
})
