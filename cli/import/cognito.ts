/** Amazon Cognito user pools: the pages of `list-users`, or a CSV with the header of `get-csv-header`. */
import type { FlatRecord, Source } from './source.ts'
import { compact, flag, list, object, ownName, text } from './values.ts'

const claims = [
  ...['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'profile'],
  ...['picture', 'website', 'gender', 'birthdate', 'zoneinfo', 'locale'],
]
const addressParts = ['formatted', 'street_address', 'locality', 'region', 'postal_code', 'country']
const factors = 'second factors do not move along'

export const cognito: Source = {
  name: 'cognito',
  title: 'Amazon Cognito',
  file: '`aws cognito-idp list-users --user-pool-id …` (JSON), or a CSV with the header of `get-csv-header`',
  mapped: {
    sub: '`id`',
    Username: '`username`, unless it repeats another identifier or names another provider',
    email: '`email`',
    email_verified: '`email_verified`',
    phone_number: '`phone_number`',
    phone_number_verified: '`phone_number_verified`',
    Enabled: '`status`',
    UserStatus: '`status`: `ARCHIVED` and `COMPROMISED` are disabled',
    address: '`profile.address`',
    ...Object.fromEntries(claims.map((name) => [name, `\`profile.${name}\``])),
  },
  lost: {
    UserCreateDate: 'an account begins with its import',
    UserLastModifiedDate: 'an account begins with its import',
    updated_at: 'an account begins with its import',
    'custom:*': 'attributes of your own have no place here',
    'dev:*': 'attributes of your own have no place here',
    identities: 'sign-in with another provider does not move along; a password can be set by a link',
    ...{ MFAOptions: factors, PreferredMfaSetting: factors, UserMFASettingList: factors },
    'cognito:mfa_enabled': factors,
    'cognito:user_status': 'said by UserStatus',
  },
  recognizes: (members) =>
    members.has('cognito:username') || (members.has('Username') && !members.has('localId')),
  flatten({ Attributes, UserAttributes, 'cognito:username': username, ...record }) {
    const given = [...list(Attributes), ...list(UserAttributes)].map(object)
    return {
      ...record,
      ...(username === undefined ? {} : { Username: username }),
      ...Object.fromEntries(given.map(({ Name, Value }) => [String(Name), Value])),
    }
  },
  idOf: ({ sub, Username }) => text(Username) ?? text(sub),
  convert(record, _, note) {
    const status = text(record['UserStatus'])
    if (status === 'UNCONFIRMED')
      note(
        'UserStatus UNCONFIRMED',
        'imported without a password: only a link to its address opens the account',
      )
    if (record['Enabled'] === undefined)
      note('Enabled', 'this file does not say who is disabled: list-users does')
    const isOff = record['Enabled'] !== undefined && !flag(record['Enabled'])
    const [email, phone, sub] = ['email', 'phone_number', 'sub'].map((name) => text(record[name]))
    const username = status === 'EXTERNAL_PROVIDER' ? undefined : text(record['Username'])
    return {
      _id: text(record['Username']),
      id: sub,
      username: ownName(username, email, phone, sub),
      email,
      email_verified: (email !== undefined && flag(record['email_verified'])) || undefined,
      phone_number: phone,
      phone_number_verified: (phone !== undefined && flag(record['phone_number_verified'])) || undefined,
      status: isOff || status === 'ARCHIVED' || status === 'COMPROMISED' ? 'disabled' : undefined,
      profile: compact({
        ...Object.fromEntries(claims.map((name) => [name, text(record[name])])),
        address: addressOf(record),
      }),
    }
  },
}

/** JSON as in OpenID Connect Core §5.1.1, or text. */
function addressOf({ address }: FlatRecord): Record<string, unknown> | undefined {
  const parts = object(address)
  const known = compact(Object.fromEntries(addressParts.map((part) => [part, text(parts[part])])))
  return known ?? compact({ formatted: text(address) })
}
