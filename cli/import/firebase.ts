/** Firebase Authentication, as `firebase auth:export` writes it: JSON, or CSV without a header. */
import type { Source, SourceOptions } from './source.ts'
import { compact, flag, ownName, text } from './values.ts'

const providers = ['google', 'facebook', 'twitter', 'github']
const ofProvider = ['rawId', 'email', 'displayName', 'photoUrl']

export const firebase: Source = {
  name: 'firebase',
  title: 'Firebase Authentication',
  file: '`firebase auth:export users.json` (or `.csv`)',
  mapped: {
    localId: '`_id`',
    email: '`email`',
    emailVerified: '`email_verified`',
    passwordHash: '`password_hash`, with `salt` and `--hash-config`',
    salt: '`password_hash`',
    displayName: '`profile.name`',
    photoUrl: '`profile.picture`',
    phoneNumber: '`phone_number`, which Firebase has verified',
    disabled: '`status`',
  },
  lost: {
    createdAt: 'an account begins with its import',
    lastSignedInAt: 'an account begins with its import',
    customAttributes: 'custom claims have no place here; roles are given by administrators',
    'providerUserInfo*': 'sign-in with another provider does not move along; a password can be set by a link',
  },
  columns: [
    ...['localId', 'email', 'emailVerified', 'passwordHash', 'salt', 'displayName', 'photoUrl'],
    ...providers.flatMap((provider) => ofProvider.map((name) => `providerUserInfo.${provider}.${name}`)),
    ...['createdAt', 'lastSignedInAt', 'phoneNumber', 'disabled', 'customAttributes'],
  ],
  recognizes: (members) => members.has('localId'),
  idOf: ({ localId }) => text(localId),
  convert(record, options, note) {
    const email = text(record['email'])
    const phone = text(record['phoneNumber'])
    const name = text(record['displayName'])
    return {
      _id: text(record['localId']),
      email,
      email_verified: flag(record['emailVerified']) || undefined,
      phone_number: phone,
      phone_number_verified: phone === undefined ? undefined : true,
      status: flag(record['disabled']) ? 'disabled' : undefined,
      profile: compact({ name: ownName(name, email), picture: text(record['photoUrl']) }),
      password_hash: hashOf(record, options, note),
    }
  },
}

function hashOf(
  { passwordHash, salt }: Readonly<Record<string, unknown>>,
  { hashConfig }: SourceOptions,
  note: (what: string, why: string) => void,
): unknown {
  const hash = text(passwordHash)
  if (hash === undefined) return undefined
  if (hashConfig) return { algorithm: 'firebase-scrypt', hash, salt: text(salt) ?? '', ...hashConfig }
  note(
    'passwordHash,salt',
    'without --hash-config (the password hash parameters of the project) it proves nothing',
  )
  return undefined
}
