/** Supabase: the table `auth.users`, as CSV or JSON. */
import type { FlatRecord, ImportRow, LeftOut, Source } from './source.ts'
import { compact, joined, languageTag, lift, text } from './values.ts'

const tokens = 'a one-time token of Supabase, useless here'
const begins = 'an account begins with its import'
const external = 'sign-in with another provider does not move along; a password can be set by a link'
const meta = (name: string) => `raw_user_meta_data.${name}`

/** A claim, and the names under which providers and applications keep it. */
const claims: Readonly<Record<string, readonly string[]>> = {
  name: ['full_name', 'name', 'display_name'],
  given_name: ['given_name', 'first_name'],
  family_name: ['family_name', 'last_name'],
  nickname: ['nickname'],
  preferred_username: ['preferred_username', 'user_name', 'username'],
  picture: ['picture', 'avatar_url'],
  locale: ['locale'],
  zoneinfo: ['zoneinfo'],
}

export const supabase: Source = {
  name: 'supabase',
  title: 'Supabase',
  file: '`\\copy (select * from auth.users) to users.csv csv header`, or the same rows as JSON',
  mapped: {
    id: '`id`',
    email: '`email`',
    email_confirmed_at: '`email_verified`',
    phone: '`phone_number`',
    phone_confirmed_at: '`phone_number_verified`',
    encrypted_password: '`password_hash`',
    banned_until: '`status`, while the ban lasts',
    ...Object.fromEntries(
      Object.entries(claims).flatMap(([claim, names]) =>
        names.map((name) => [meta(name), `\`profile.${claim}\``]),
      ),
    ),
  },
  lost: {
    ...{ created_at: begins, updated_at: begins, last_sign_in_at: begins, invited_at: begins },
    ...{ confirmed_at: 'said by email_confirmed_at and phone_confirmed_at' },
    ...{ confirmation_token: tokens, confirmation_sent_at: tokens, recovery_token: tokens },
    ...{ recovery_sent_at: tokens, reauthentication_token: tokens, reauthentication_sent_at: tokens },
    ...{ email_change: 'a change that was not confirmed', phone_change: 'a change that was not confirmed' },
    ...{ email_change_token_new: tokens, email_change_token_current: tokens, email_change_sent_at: tokens },
    ...{ email_change_confirm_status: tokens, phone_change_token: tokens, phone_change_sent_at: tokens },
    ...{ instance_id: 'of the database', aud: 'of the database', role: 'a role of the database' },
    is_super_admin: 'roles are given by administrators',
    raw_app_meta_data: 'metadata of applications have no place here; roles are given by administrators',
    'raw_user_meta_data.*': 'metadata of your own have no place here',
    is_sso_user: external,
    is_anonymous: 'an account needs a user name or an e-mail address',
    deleted_at: 'the account is deleted',
  },
  recognizes: (members) =>
    members.has('encrypted_password') ||
    members.has('raw_user_meta_data') ||
    members.has('email_confirmed_at'),
  flatten: (record) => lift(record, ['raw_user_meta_data']),
  idOf: ({ id }) => text(id),
  convert(record, { now }): ImportRow | LeftOut {
    if (text(record['deleted_at']) !== undefined) return { leftOut: 'was deleted in Supabase (deleted_at)' }
    const email = text(record['email'])
    const phone = text(record['phone'])?.replace(/^(?=\d)/, '+')
    return {
      _id: text(record['id']),
      id: text(record['id']),
      email,
      email_verified: (email !== undefined && text(record['email_confirmed_at']) !== undefined) || undefined,
      phone_number: phone,
      phone_number_verified:
        (phone !== undefined && text(record['phone_confirmed_at']) !== undefined) || undefined,
      status: isBanned(record, now) ? 'disabled' : undefined,
      profile: profileOf(record),
      password_hash: text(record['encrypted_password']),
    }
  },
}

/** A time that cannot be read (`infinity`) never comes. */
function isBanned({ banned_until }: FlatRecord, now: number): boolean {
  const until = text(banned_until)
  if (until === undefined) return false
  const time = Date.parse(until.replace(/([+-]\d\d)$/, '$1:00'))
  return Number.isNaN(time) || time > now
}

function profileOf(record: FlatRecord): Record<string, unknown> | undefined {
  const found: Record<string, string | undefined> = Object.fromEntries(
    Object.entries(claims).map(([claim, names]) => [
      claim,
      names.map((name) => text(record[meta(name)])).find((value) => value !== undefined),
    ]),
  )
  const name = found['name'] ?? joined(found['given_name'], found['family_name'])
  return compact({ ...found, name, locale: languageTag(found['locale']) })
}
