/** Descriptions of the pages of an account: forms for its owner, not an API for applications. */
import { profileClaims } from '../../../../src/protocol/profile-claims.ts'
import {
  type FieldWords,
  limitedPage,
  page,
  pageFormErrors,
  type RouteWords,
  redirect,
} from '../route-words.ts'
import { csrf, session } from './pages.ts'

const done = (...values: readonly [string, ...string[]]): FieldWords => ({
  name: 'done',
  description: 'What to confirm.',
  example: values[0],
  values,
})

const examples: Readonly<Record<string, string>> = {
  ...{ birthdate: '1815-12-10', zoneinfo: 'Europe/London', locale: 'en', gender: 'female' },
  ...{ website: 'https://ada.example/', profile: 'https://ada.example/', picture: 'https://ada.example/me' },
}

export const accountWords: Readonly<Record<string, RouteWords>> = {
  showAccount: {
    description: 'The person’s own profile.',
    query: [done('profile', 'unchanged', 'email')],
    security: session,
    answers: { 200: page, 303: redirect },
  },
  showOwnSecurity: {
    description: 'Passkeys, password, authenticator apps, recovery codes.',
    query: [done('password', 'passkey_added', 'passkey_renamed', 'passkey_removed', 'otp', 'otp_removed')],
    security: session,
    answers: { 200: page, 303: redirect },
  },
  showOwnSessions: {
    description: 'The person’s own sessions and devices.',
    query: [done('session', 'device', 'remembered', 'others')],
    security: session,
    answers: { 200: page, 303: redirect },
  },
  showOwnApplications: {
    description: 'What the person has allowed applications.',
    query: [done('withdrawn')],
    security: session,
    answers: { 200: page, 303: redirect },
  },
  showOwnData: {
    description: 'Both need a recent sign-in, as strong as the account allows.',
    security: session,
    answers: { 200: page, 303: redirect },
  },
  changeOwnProfile: {
    description: 'Only claims that the setting `account.editable_claims` names.',
    form: [
      csrf,
      { name: 'version', description: 'Of the account, from the page.', example: '3', required: true },
      {
        name: 'shown',
        description: 'The claims that the form has, separated by spaces.',
        example: 'name locale',
      },
      { name: 'shown_locale', description: 'The language that the form was opened with.', example: 'en' },
      ...profileClaims.map((name) => ({
        ...{ name, description: 'A claim (OpenID Connect Core §5.1); empty: none.' },
        example: examples[name] ?? 'Ada',
      })),
    ],
    security: session,
    answers: { 303: redirect, ...pageFormErrors, 409: page },
  },
  showOwnDeletion: {
    description: 'Needs a recent sign-in, as strong as the account allows.',
    security: session,
    answers: { 200: page, 303: redirect, 403: page },
  },
  deleteOwnAccount: {
    description: 'The account is deleted when its grace period ends; until then a sign-in can keep it.',
    form: [
      csrf,
      {
        name: 'account',
        description: 'The name of the account, to confirm.',
        example: 'ada@example.com',
        required: true,
      },
    ],
    security: session,
    answers: { 200: page, 303: redirect, ...pageFormErrors },
  },
  withdrawOwnApplication: {
    description:
      'Consent, grants and tokens of the application end. The same answer for one that has nothing.',
    form: [
      csrf,
      { name: 'client_id', description: 'The application.', example: 's6BhdRkqt3', required: true },
    ],
    security: session,
    answers: { 303: redirect, ...pageFormErrors },
  },
  showOwnHistory: {
    description: 'The newest first, 25 at a time. Only the person’s own events, and none of single tokens.',
    query: [
      { name: 'before', description: 'Position of the last event of the page before.', example: '4711' },
    ],
    security: session,
    answers: { 200: page, 303: redirect },
  },
  exportOwnData: {
    description:
      'Needs a recent sign-in, as strong as the account allows. No password, key or seed is in it, nor who acted as an administrator, and from where.',
    form: [csrf],
    security: session,
    answers: {
      200: {
        other: { 'application/json': '{\n  "issuer": "https://auth.example.com",\n  "events": []\n}\n' },
        headers: ['Cache-Control'],
      },
      303: redirect,
      ...pageFormErrors,
      429: limitedPage,
    },
  },
  endAllOwnSessions: {
    description: 'This one too.',
    form: [csrf],
    security: session,
    answers: { 200: page, 303: redirect, ...pageFormErrors },
  },
}
