/** Auth0: the export of users (NDJSON or CSV), and the file of password hashes that its support gives out. */
import type { FlatRecord, ImportedOtp, ImportRow, Source } from './source.ts'
import { compact, flag, list, object, ownName, text } from './values.ts'

const identityOnly = 'sign-in with another connection does not move along; a password can be set by a link'
const begins = 'an account begins with its import'

export const auth0: Source = {
  name: 'auth0',
  title: 'Auth0',
  file: 'a users export (NDJSON, JSON array or CSV), the password hashes its support exports, or both',
  mapped: {
    user_id: '`_id`',
    _id: '`_id`',
    alt_id: '`_id`',
    username: '`username`',
    email: '`email`',
    email_verified: '`email_verified`',
    identifiers: '`email`, `phone_number`, `username`, where they stand only there',
    phone_number: '`phone_number`',
    phone_verified: '`phone_number_verified`',
    blocked: '`status`',
    name: '`profile.name`, unless it repeats the e-mail address',
    given_name: '`profile.given_name`',
    family_name: '`profile.family_name`',
    nickname: '`profile.nickname`',
    picture: '`profile.picture`',
    locale: '`profile.locale`',
    passwordHash: '`password_hash`',
    password_hash: '`password_hash`',
    custom_password_hash: '`password_hash`',
    'mfa_factors.totp': '`otp`: authenticator apps go on as they are',
  },
  lost: {
    ...{ created_at: begins, updated_at: begins, last_login: begins, last_ip: begins, logins_count: begins },
    ...{ last_password_reset: begins, password_set_date: begins },
    ...{ identities: identityOnly, provider: identityOnly, connection: identityOnly },
    app_metadata: 'metadata of applications have no place here; roles are given by administrators',
    user_metadata: 'metadata have no place here',
    multifactor: 'second factors do not move along',
    multifactor_last_modified: 'second factors do not move along',
    'mfa_factors.*': 'e-mail and telephone are no second factors here',
    guardian_authenticators: 'second factors do not move along',
    tenant: 'the name of the tenant',
    _tmp_is_unique: 'a mark of the export',
  },
  recognizes: (members) =>
    members.has('passwordHash') ||
    (members.has('_id') && members.has('tenant')) ||
    (members.has('user_id') && !members.has('localId')) ||
    (members.has('email') && (members.has('custom_password_hash') || members.has('password_hash'))),
  flatten: ({ identifiers, mfa_factors, ...record }) => ({
    ...record,
    identifiers: list(identifiers),
    ...factorsOf(list(mfa_factors)),
  }),
  idOf,
  convert(record, { hashes }, note) {
    const id = idOf(record)
    const row = identifiersOf(record)
    const name = text(record['name'])
    const own = readHash(record, note)
    if (record['user_id'] === undefined && record['passwordHash'] !== undefined)
      note(
        'blocked',
        'this file does not say who is blocked: give it as --password-hashes to the export of users',
      )
    return {
      _id: id,
      ...row,
      status: flag(record['blocked']) ? 'disabled' : undefined,
      profile: compact({
        name: ownName(name, row.email, row.username),
        given_name: text(record['given_name']),
        family_name: text(record['family_name']),
        nickname: text(record['nickname']),
        picture: text(record['picture']),
        locale: text(record['locale']),
      }),
      password_hash: own ?? (id === undefined ? undefined : hashes?.get(id)),
      otp: otpOf(list(record['mfa_factors.totp'])),
    }
  },
}

/** The file of hashes has only the part behind `auth0|`; `alt_id` goes before `_id`. */
function idOf(record: FlatRecord): string | undefined {
  const own = text(record['user_id'])
  if (own !== undefined) return own.includes('|') ? own : `auth0|${own}`
  const id = text(record['alt_id']) ?? text(object(record['_id'])['$oid']) ?? text(record['_id'])
  return id === undefined ? undefined : `auth0|${id}`
}

function identifiersOf(record: FlatRecord): Partial<ImportRow> {
  const others = new Map(list(record['identifiers']).map((one) => [text(object(one)['type']), object(one)]))
  const email = text(record['email']) ?? text(others.get('email')?.['value'])
  const phone = text(record['phone_number']) ?? text(others.get('phone_number')?.['value'])
  const isVerified = flag(record['email_verified']) || flag(others.get('email')?.['verified'])
  const isPhoneVerified = flag(record['phone_verified']) || flag(others.get('phone_number')?.['verified'])
  return {
    username: ownName(text(record['username']) ?? text(others.get('username')?.['value']), email),
    email,
    email_verified: (email !== undefined && isVerified) || undefined,
    phone_number: phone,
    phone_number_verified: (phone !== undefined && isPhoneVerified) || undefined,
  }
}

/** Factors by their kind: each entry of the list has one member, its kind (the schema of Auth0's own imports). */
const factorsOf = (factors: readonly unknown[]): FlatRecord => {
  const given = factors.flatMap((factor) => Object.entries(object(factor)))
  const kinds = new Set(given.map(([kind]) => kind))
  return Object.fromEntries(
    [...kinds].map((kind) => [
      `mfa_factors.${kind}`,
      given.filter(([other]) => other === kind).map(([, factor]) => factor),
    ]),
  )
}

/** Seeds are base32; all else is as authenticator apps have it by default. */
function otpOf(factors: readonly unknown[]): readonly ImportedOtp[] | undefined {
  const generators = factors.flatMap((factor) => {
    const secret = text(object(factor)['secret'])
    return secret === undefined ? [] : [{ secret }]
  })
  return generators.length > 0 ? generators : undefined
}

/** The hash of a record of either file, in a form the import takes. */
export function readHash(
  record: FlatRecord,
  note: (what: string, why: string) => void = () => undefined,
): unknown {
  const plain = text(record['passwordHash']) ?? text(record['password_hash'])
  if (plain !== undefined) return plain
  const custom = object(record['custom_password_hash'])
  const algorithm = text(custom['algorithm'])
  if (algorithm === undefined) return undefined
  const hash = object(custom['hash'])
  const salt = object(custom['salt'])
  const value = text(hash['value'])
  if (algorithm === 'bcrypt' || algorithm === 'argon2' || algorithm === 'ldap') return value
  // Auth0 wants the length of the key beside the rounds; the hash itself says it too.
  if (algorithm === 'pbkdf2') return value?.replace(/,l=\d+(?=\$)/, '')
  if (algorithm === 'scrypt') {
    return {
      ...{ algorithm, n: custom['cost'], r: custom['blockSize'], p: custom['parallelization'] },
      ...{ hash: inBase64(hash), salt: inBase64(salt) },
    }
  }
  note('custom_password_hash', `${algorithm} is too weak to be taken; a password can be set by a link`)
  return undefined
}

function inBase64({ value, encoding }: Readonly<Record<string, unknown>>): string {
  const known = encoding === 'hex' || encoding === 'utf8' ? encoding : 'base64'
  return Buffer.from(text(value) ?? '', known).toString('base64')
}
