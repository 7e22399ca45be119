/**
 * The filter as SQL. Each condition has an index (src/db/schema.ts, `users`): equality of a claim is containment
 * (`users_profile`), search terms use trigrams (`users_search_forms`), the rest are columns. Values are always
 * parameters.
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
 * Matches a substring, or for one or two characters the beginning of a word: these form a trigram only together with
 * the preceding space, and matching them anywhere would scan every user.
 */
function termCondition(word: string): SQL {
  const form = searchForm(word)
  // A stored order may predate the rule that refuses such terms; without this it would match every user.
  if (form === '') return sql`false`
  const pattern = separateIdeographs(sql`${literalInLike(form)}::text`)
  return makesTrigram.test(form)
    ? sql`${userSearchText} like '%' || ${pattern} || '%'`
    : sql`${userSearchText} like '% ' || ${pattern} || '%'`
}

/**
 * Three letters or digits in a row, or one after any other character (pg_trgm treats that as the start of a word); also
 * any character of a script without spaces, because the index treats it as a word.
 */
const makesTrigram =
  /[\p{L}\p{N}]{3}|[^\p{L}\p{N}][\p{L}\p{N}]|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

/**
 * An identifier in its normal form, or as stored for an account whose form has not been computed yet. An empty form
 * matches nobody: the indexes hold it for accounts without that identifier.
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

/** All claim conditions as one containment, so that the index is read once. */
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
