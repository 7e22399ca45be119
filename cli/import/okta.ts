/** Okta: the list of `GET /api/v1/users`, or a CSV with the names of its profile attributes. Never with hashes. */
import type { FlatRecord, Source } from './source.ts'
import { compact, joined, languageTag, lift, ownName, text } from './values.ts'

const own = 'attributes of work have no place here'
const begins = 'an account begins with its import'

export const okta: Source = {
  name: 'okta',
  title: 'Okta',
  file: 'the answers of `GET /api/v1/users` (JSON), or a CSV whose columns are profile attributes',
  mapped: {
    id: '`_id`',
    status: '`status`: `STAGED`, `SUSPENDED` and `DEPROVISIONED` are disabled',
    'profile.login': '`username`, unless it repeats the e-mail address',
    'profile.email': '`email`',
    'profile.mobilePhone': '`phone_number`',
    'profile.primaryPhone': '`phone_number`, without a mobile phone',
    'profile.displayName': '`profile.name`',
    'profile.firstName': '`profile.given_name`',
    'profile.lastName': '`profile.family_name`; both together are `profile.name`, without a display name',
    'profile.middleName': '`profile.middle_name`',
    'profile.nickName': '`profile.nickname`',
    'profile.profileUrl': '`profile.profile`',
    'profile.preferredLanguage': '`profile.locale`',
    'profile.locale': '`profile.locale`, without a preferred language',
    'profile.timezone': '`profile.zoneinfo`',
    'profile.postalAddress': '`profile.address.formatted`',
    'profile.streetAddress': '`profile.address.street_address`',
    'profile.city': '`profile.address.locality`',
    'profile.state': '`profile.address.region`',
    'profile.zipCode': '`profile.address.postal_code`',
    'profile.countryCode': '`profile.address.country`',
  },
  lost: {
    ...{ created: begins, activated: begins, statusChanged: begins, lastLogin: begins, lastUpdated: begins },
    ...{ passwordChanged: begins, transitioningToStatus: 'a change that was going on' },
    ...{ type: 'there is one type of user here', realmId: 'there are no realms here' },
    'credentials.password': 'Okta exports no password; it can be set by a link',
    'credentials.recovery_question': 'recovery questions are not used here',
    'credentials.provider': 'who kept the password: it cannot be had, and can be set by a link',
    'credentials.emails': 'an account has one e-mail address',
    'profile.secondEmail': 'an account has one e-mail address',
    ...{ 'profile.honorificPrefix': own, 'profile.honorificSuffix': own, 'profile.title': own },
    ...{ 'profile.userType': own, 'profile.employeeNumber': own, 'profile.costCenter': own },
    ...{ 'profile.organization': own, 'profile.division': own, 'profile.department': own },
    ...{ 'profile.managerId': own, 'profile.manager': own },
    'profile.*': 'attributes of your own have no place here',
    ...{ _links: 'links', _embedded: 'links' },
    ...{ groups: 'there are no groups here', roles: 'roles are given by administrators' },
    factors: 'second factors do not move along',
  },
  recognizes: (members) =>
    members.has('profile') ||
    ['login', 'user.login', 'profile.login'].some((name) => members.has(name) && !members.has('localId')),
  flatten(record) {
    if (record['profile'] !== undefined) return lift(record, ['profile', 'credentials'])
    return Object.fromEntries(Object.entries(record).map(([name, value]) => [columnOf(name), value]))
  },
  idOf: ({ id, 'profile.login': login }) => text(id) ?? text(login),
  convert(record, _, note) {
    if (text(record['status']) === undefined)
      note('status', 'this file does not say who is suspended: the list of users does')
    const value = (name: string) => text(record[`profile.${name}`])
    const email = value('email')
    return {
      _id: text(record['id']),
      username: ownName(value('login'), email),
      email,
      phone_number: phoneOf(value('mobilePhone') ?? value('primaryPhone')),
      status: isOff(record) ? 'disabled' : undefined,
      profile: compact({
        name: value('displayName') ?? joined(value('firstName'), value('lastName')),
        ...{ given_name: value('firstName'), family_name: value('lastName') },
        ...{ middle_name: value('middleName'), nickname: value('nickName'), profile: value('profileUrl') },
        locale: languageTag(value('preferredLanguage') ?? value('locale')),
        zoneinfo: value('timezone'),
        address: compact({
          ...{ formatted: value('postalAddress'), street_address: value('streetAddress') },
          ...{ locality: value('city'), region: value('state') },
          ...{ postal_code: value('zipCode'), country: value('countryCode') },
        }),
      }),
    }
  },
}

const ofUser = new Set(
  Object.keys({ ...okta.mapped, ...okta.lost }).filter((name) => !name.startsWith('profile.')),
)

/** Columns are named `login`, `user.login` or `profile.login`. */
const columnOf = (name: string): string => {
  const plain = name.replace(/^(?:user|profile)\./, '')
  return ofUser.has(plain) ? plain : `profile.${plain}`
}

/** Accounts that an administrator has not opened yet, or has closed. */
const isOff = ({ status }: FlatRecord): boolean =>
  ['STAGED', 'SUSPENDED', 'DEPROVISIONED'].includes(text(status)?.toUpperCase() ?? '')

/** Okta keeps numbers as they were typed; blanks, dashes and brackets say nothing. */
const phoneOf = (typed: string | undefined): string | undefined =>
  typed?.startsWith('+') ? typed.replaceAll(/[\s().-]/g, '') : typed
