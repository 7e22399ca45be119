/**
 * The filter as SQL. Each condition has an index (src/db/schema.ts, `users`): equality of a claim is containment
 * (`users_profile`), words are trigrams (`users_search_forms`), the rest are columns. Values are always parameters.
 */

import { type SQL, sql } from 'drizzle-orm'
import { literalInLike } from '../db/fragments.ts'
import { emailForm, separateIdeographs, usernameForm, userSearchText } from '../db/schema.ts'
import { identifierForm, plainForm, searchForm } from './normal-form.ts'
import { addressParts, claimNames } from './profile-fields.ts'
import { searchTerms, type UserFilter } from './user-filter.ts'

/** A condition on a row of `users` (not aliased); true for an empty filter. */
export function userCondition(filter: UserFilter): SQL {
  const conditions = [
    ...searchTerms(filter.q ?? '').map(termCondition),
    ...columnConditions(filter),
    ...profileConditions(filter),
    ...credentialConditions(filter),
  ]
  return conditions.length === 0 ? sql`true` : sql`(${sql.join(conditions, sql` and `)})`
}

/**
 * A part of a text, or the beginning of a word: one or two characters make no trigram but with the space before
 * them, and anywhere they would mean reading everybody.
 */
function termCondition(word: string): SQL {
  const form = searchForm(word)
  // An order stored before such words were refused: else it would be about everybody.
  if (form === '') return sql`false`
  const pattern = separateIdeographs(sql`${literalInLike(form)}::text`)
  return makesTrigram.test(form)
    ? sql`${userSearchText} like '%' || ${pattern} || '%'`
    : sql`${userSearchText} like '% ' || ${pattern} || '%'`
}

/**
 * Three letters or digits in a row, or one behind what is neither (pg_trgm counts that as a beginning): so does each
 * character of a script without spaces, because the index takes it for a word.
 */
const makesTrigram =
  /[\p{L}\p{N}]{3}|[^\p{L}\p{N}][\p{L}\p{N}]|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

/**
 * An identifier in its normal form, or as it is kept of an account whose form is still to be made. An empty form
 * finds nobody: it is what the indexes hold of an account without the name.
 */
const spellings = (text: string): SQL =>
  sql`(nullif(${identifierForm(text)}::text, ''), nullif(lower(${plainForm(text)}), ''))`

const columnConditions = (filter: UserFilter): readonly SQL[] => [
  ...given(
    filter.identifier,
    (value) =>
      sql`users.id in (select user_id from user_identifiers where identifier in ${spellings(value)})`,
  ),
  ...given(filter.username, (value) => sql`${usernameForm} in ${spellings(value)}`),
  ...given(filter.email, (value) => sql`${emailForm} in ${spellings(value)}`),
  ...given(filter.email_verified, (value) => sql`users.email_verified = ${value}`),
  ...given(filter.phone_number, (value) => sql`users.phone_number = ${value}`),
  ...given(filter.phone_number_verified, (value) => sql`users.phone_number_verified = ${value}`),
  ...given(filter.status, (value) => sql`users.status = ${value}`),
  ...given(filter.role, (value) => sql`users.roles @> array[${value}::text]`),
  ...given(filter.created_after, (value) => sql`users.created_at >= ${value}::timestamptz`),
  ...given(filter.created_before, (value) => sql`users.created_at < ${value}::timestamptz`),
  ...given(filter.updated_after, (value) => sql`users.updated_at >= ${value}::timestamptz`),
  ...given(filter.updated_before, (value) => sql`users.updated_at < ${value}::timestamptz`),
]

/** All claims asked for in one containment, so that the index is read once. */
function profileConditions(filter: UserFilter): readonly SQL[] {
  const claims = claimNames.flatMap((name) => given(filter[name], (value) => [name, value] as const))
  const address = addressParts.flatMap((name) =>
    given(filter[`address_${name}`], (value) => [name, value] as const),
  )
  const wanted = {
    ...Object.fromEntries(claims),
    ...(address.length > 0 ? { address: Object.fromEntries(address) } : {}),
  }
  return Object.keys(wanted).length === 0 ? [] : [sql`users.profile @> ${JSON.stringify(wanted)}::jsonb`]
}

const credentialConditions = (filter: UserFilter): readonly SQL[] => [
  ...given(filter.has_password, (value) =>
    negateUnless(value, sql`exists (select from password_credentials where user_id = users.id)`),
  ),
  ...given(filter.invited, (value) =>
    negateUnless(
      value,
      sql`exists (select from password_setup_links where user_id = users.id and purpose = 'invitation')`,
    ),
  ),
]

const negateUnless = (value: boolean, condition: SQL): SQL => (value ? condition : sql`not ${condition}`)

const given = <T, R>(value: T | undefined, use: (value: T) => R): readonly R[] =>
  value === undefined ? [] : [use(value)]
