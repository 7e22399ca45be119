/** Keycloak: a realm export with users, a `…-users-0.json`, or the list of `GET /users`. */
import { encodeBase32 } from '../../src/one-time-passwords/base32.ts'
import type { FlatRecord, ImportedOtp, ImportRow, LeftOut, Source } from './source.ts'
import { compact, flag, joined, languageTag, lift, list, object, ownName, text } from './values.ts'

/** Attributes with the name of a claim (OpenID Connect Core §5.1), or with the usual other spelling of one. */
const claims: Readonly<Record<string, string>> = {
  locale: 'locale',
  picture: 'picture',
  nickname: 'nickname',
  website: 'website',
  profile: 'profile',
  gender: 'gender',
  birthdate: 'birthdate',
  zoneinfo: 'zoneinfo',
  middleName: 'middle_name',
  middle_name: 'middle_name',
}
const phoneNames = ['phone_number', 'phoneNumber']
const verifiedNames = ['phone_number_verified', 'phoneNumberVerified']

const others = 'other credentials than password and one-time passwords do not move along'
const rights = 'roles are given by administrators'

export const keycloak: Source = {
  name: 'keycloak',
  title: 'Keycloak',
  file: '`kc.sh export --realm … --users same_file`, one of its `…-users-0.json`, or `GET /admin/realms/…/users` (which has no passwords)',
  mapped: {
    id: '`id`',
    username: '`username`, unless it repeats the e-mail address',
    email: '`email`',
    emailVerified: '`email_verified`',
    enabled: '`status`',
    firstName: '`profile.given_name`',
    lastName: '`profile.family_name`; both together are `profile.name`',
    'credentials.password': '`password_hash`',
    'credentials.otp': '`otp`: authenticator apps and tokens go on as they are',
    'requiredActions.UPDATE_PASSWORD': '`password_must_change`',
    ...Object.fromEntries(
      Object.entries(claims).map(([name, claim]) => [`attributes.${name}`, `\`profile.${claim}\``]),
    ),
    ...Object.fromEntries(phoneNames.map((name) => [`attributes.${name}`, '`phone_number`'])),
    ...Object.fromEntries(verifiedNames.map((name) => [`attributes.${name}`, '`phone_number_verified`'])),
  },
  lost: {
    createdTimestamp: 'an account begins with its import',
    'attributes.*': 'attributes of your own have no place here',
    'credentials.*': others,
    totp: 'says only whether there is one',
    disableableCredentialTypes: others,
    'requiredActions.*': 'has no counterpart; UPDATE_PASSWORD has',
    federatedIdentities: 'sign-in with another provider does not move along; a password can be set by a link',
    socialLinks: 'sign-in with another provider does not move along; a password can be set by a link',
    federationLink: 'the account was kept in another directory (LDAP, Kerberos), and its password is there',
    origin: 'the account was kept in another directory (LDAP, Kerberos), and its password is there',
    ...{
      realmRoles: rights,
      clientRoles: rights,
      applicationRoles: rights,
      groups: 'there are no groups here',
    },
    clientConsents: 'people are asked again',
    notBefore: 'no session moves along',
    serviceAccountClientId: 'a client is not a person; register it as a client',
    ...{ access: 'rights of the one who exported', self: 'a link', userProfileMetadata: 'a description' },
  },
  recognizes: (members) =>
    members.has('username') && (members.has('enabled') || members.has('emailVerified')),
  flatten(record) {
    const { credentials, requiredActions, ...rest } = lift(record, ['attributes'])
    return {
      ...rest,
      ...Object.fromEntries(
        Object.entries(Object.groupBy(list(credentials), (one) => typeOf(one))).map(([type, given = []]) => [
          `credentials.${type}`,
          type === 'otp' ? given : given.at(-1),
        ]),
      ),
      ...Object.fromEntries(list(requiredActions).map((one) => [`requiredActions.${text(one)}`, true])),
    }
  },
  idOf: ({ id, username }) => text(id) ?? text(username),
  convert(record): ImportRow | LeftOut {
    if (text(record['serviceAccountClientId']) !== undefined)
      return { leftOut: 'is the service account of a client, not a person: register a client instead' }
    const email = text(record['email'])
    const phone = first(record, phoneNames)
    const [given, family] = [text(record['firstName']), text(record['lastName'])]
    return {
      _id: text(record['id']),
      id: text(record['id']),
      username: ownName(text(record['username']), email),
      email,
      email_verified: (email !== undefined && flag(record['emailVerified'])) || undefined,
      phone_number: phone,
      phone_number_verified: (phone !== undefined && flag(first(record, verifiedNames))) || undefined,
      // Absent in a hand-written import file: Keycloak itself then creates the account disabled.
      status: flag(record['enabled']) ? undefined : 'disabled',
      profile: compact({
        name: joined(given, family),
        ...{ given_name: given, family_name: family },
        ...claimsOf(record),
      }),
      password_hash: hashOf(record['credentials.password']),
      password_must_change: record['requiredActions.UPDATE_PASSWORD'] === true || undefined,
      otp: otpOf(list(record['credentials.otp'])),
    }
  },
}

const typeOf = (credential: unknown): string => text(object(credential)['type']) ?? 'unknown'

/** Attributes have lists of values; a claim has one. */
const first = (record: FlatRecord, names: readonly string[]): string | undefined =>
  names.map((name) => text(list(record[`attributes.${name}`])[0])).find((value) => value !== undefined)

function claimsOf(record: FlatRecord): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const [name, claim] of Object.entries(claims)) {
    const value = first(record, [name])
    if (value !== undefined) found[claim] = claim === 'locale' ? languageTag(value) : value
  }
  return found
}

/** `secretData` and `credentialData` as they are; before Keycloak 8 the same values had members of their own. */
function hashOf(credential: unknown): unknown {
  const { secretData, credentialData, hashedSaltedValue, salt, hashIterations, algorithm } =
    object(credential)
  if (secretData !== undefined && credentialData !== undefined) return { secretData, credentialData }
  if (hashedSaltedValue === undefined) return undefined
  return {
    secretData: JSON.stringify({ value: hashedSaltedValue, salt }),
    credentialData: JSON.stringify({ hashIterations, algorithm: algorithm ?? 'pbkdf2' }),
  }
}

/**
 * Keycloak keeps a seed as text whose bytes are the seed, unless `secretEncoding` says that it is base32; before
 * version 8 its parameters were members of the credential.
 */
function otpOf(credentials: readonly unknown[]): readonly ImportedOtp[] | undefined {
  const generators = credentials.flatMap((credential) => {
    const given = object(credential)
    const data = { ...given, ...object(given['credentialData']) }
    const value = text(object(given['secretData'])['value']) ?? text(given['value'])
    if (value === undefined) return []
    const kind = text(data['subType']) ?? text(given['type']) ?? 'totp'
    return {
      kind,
      secret: data['secretEncoding'] === 'BASE32' ? value : encodeBase32(new TextEncoder().encode(value)),
      algorithm: text(data['algorithm'])?.replace(/^Hmac/i, '').toUpperCase(),
      digits: number(data['digits']),
      ...(kind === 'hotp'
        ? { counter: number(data['counter']) ?? 0 }
        : { period_seconds: number(data['period']) }),
      name: text(given['userLabel']),
    }
  })
  return generators.length > 0 ? generators : undefined
}

const number = (value: unknown): number | undefined => {
  const read = Number(text(value) ?? Number.NaN)
  return Number.isFinite(read) ? read : undefined
}
