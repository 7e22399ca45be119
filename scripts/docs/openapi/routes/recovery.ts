/** Descriptions of the pages where people make an account and get one back: forms for people, not an API. */
import {
  busyPage,
  type FieldWords,
  limitedPage,
  page,
  pageFormErrors,
  type RouteWords,
  redirect,
} from '../route-words.ts'
import { csrf, session } from './pages.ts'

const interaction: FieldWords = {
  name: 'interaction',
  description: 'The authorization request that it is for, sealed and bound to this browser.',
  example: 'authly_in_c2VhbGVk',
}
const signUp: FieldWords = {
  name: 'sign_up',
  description: 'The registration so far, sealed and bound to this browser.',
  example: 'c2VhbGVk',
}
const code: FieldWords = { name: 'code', description: 'From the message.', example: '482913' }
const noticeLink: FieldWords = {
  name: 'link',
  description: 'From a notice.',
  example: 'authly_nm_c2VhbGVk.c2VjcmV0',
  required: true,
}
const notice = (description: string): RouteWords => ({
  ...{ description, query: [noticeLink], answers: { 200: page, 400: page } },
})
const press = (description: string): RouteWords => ({
  ...{ description, form: [csrf, noticeLink] },
  answers: { 200: page, ...pageFormErrors, 429: limitedPage },
})

export const recoveryWords: Readonly<Record<string, RouteWords>> = {
  showRegistration: {
    description:
      'Where applications send people with `prompt=create`. The same whether or not an address has an account.',
    query: [
      interaction,
      signUp,
      { name: 'next', description: 'Where to go afterwards, without an application.', example: 'account' },
    ],
    answers: { 200: page, 400: page, 403: page },
  },
  register: {
    description: 'Which fields are read depends on the step. With the last one the account is made.',
    form: [
      csrf,
      interaction,
      signUp,
      {
        name: 'step',
        description: 'The step of the page.',
        example: 'address',
        required: true,
        values: ['address', 'code', 'details', 'credential'],
      },
      { name: 'email', description: 'Gets a code.', example: 'ada@example.com' },
      { name: 'puzzle', description: 'From the page: the challenge, signed.', example: '{}' },
      { name: 'answer', description: 'What the browser has computed for it.', example: '{"counter":71}' },
      { name: 'cf-turnstile-response', description: 'Of Turnstile, in its place.', example: 'XXXX' },
      code,
      { name: 'send', description: 'Another code, please.', example: 'yes', values: ['yes'] },
      { name: 'name', description: 'Where it is asked for.', example: 'Ada Lovelace' },
      { name: 'username', description: 'The same.', example: 'ada' },
      { name: 'terms', description: 'That they are accepted.', example: 'yes', values: ['yes'] },
      { name: 'new_password', description: 'In place of a passkey.', example: 'orbit kettle purple seven' },
      { name: 'repeat_password', description: 'The same again.', example: 'orbit kettle purple seven' },
      {
        name: 'registration',
        description: 'From the page: challenge and account, sealed.',
        example: 'c2VhbGVk',
      },
      {
        name: 'credential',
        description: '`RegistrationResponseJSON` (Web Authentication Level 3 §5.1.8.1).',
        example: '{"id":"AAAA","type":"public-key"}',
      },
    ],
    answers: { 200: page, 303: redirect, ...pageFormErrors, 429: limitedPage, 503: busyPage },
  },
  showEmailChange: {
    description: 'Needs a recent sign-in, as strong as the account allows.',
    security: session,
    answers: { 200: page, 303: redirect },
  },
  changeOwnEmail: {
    description: 'The same page for an address that another account has.',
    form: [
      csrf,
      { name: 'email', description: 'The new address, which gets a code.', example: 'ada@example.com' },
      { name: 'change', description: 'From the page: the change, sealed.', example: 'c2VhbGVk' },
      code,
    ],
    security: session,
    answers: { 200: page, 303: redirect, ...pageFormErrors, 429: limitedPage },
  },
  showStopRecovery: notice('Opening it changes nothing: one button.'),
  stopRecovery: press('The waiting period ends, and with it what was begun.'),
  showUndoEmail: notice('Opening it changes nothing: one button.'),
  undoEmail: press('The address from before is back, and every session has ended. Works once, for 72 hours.'),
  showNotMe: notice('Opening it changes nothing: one button.'),
  disownNotice: press(
    'Every session ends and the password is void, until the account is recovered. Works once.',
  ),
}
