/** Descriptions of the hosted pages: forms for people, not an API for applications. */
import { supportedLanguages } from '../../../../src/messages/languages.ts'
import {
  busyPage,
  type FieldWords,
  limitedPage,
  page,
  pageFormErrors,
  type RouteWords,
  redirect,
} from '../route-words.ts'

const interaction: FieldWords = {
  name: 'interaction',
  description: 'The sign-in in progress, sealed and bound to this browser.',
  example: 'authly_in_c2VhbGVk',
}
const signInSoFar: FieldWords = {
  name: 'sign_in',
  description: 'The steps so far, sealed and bound to this browser.',
  example: 'c2VhbGVk',
}
const neededInteraction: FieldWords = { ...interaction, required: true }
export const csrf: FieldWords = {
  name: 'csrf_token',
  description: 'From the page; bound to this browser.',
  example: 'b25lLXRpbWU',
  required: true,
}
const secret = (name: string, description: string): FieldWords => ({
  ...{ name, description, required: true, example: 'orbit kettle purple seven' },
})
const setupLink: FieldWords = {
  name: 'link',
  description: 'From an invitation or a password reset.',
  example: 'authly_il_c2VhbGVk.c2VjcmV0',
  required: true,
}
const signInLink: FieldWords = {
  name: 'link',
  description: 'From a message with a code.',
  example: 'c2VhbGVk',
  required: true,
}
const ownPasskey: FieldWords = {
  name: 'credential_id',
  description: 'Which one, base64url.',
  example: 'rT5v0Q',
  required: true,
}
const nextPage: FieldWords = {
  name: 'next',
  description: 'Where to go afterwards, without a sign-in in progress.',
  example: 'account',
  values: ['account', 'password'],
}
export const session = [{ session: [] }]

const generator: FieldWords = {
  name: 'id',
  description: 'Which app.',
  example: '0199d0c2-5d5a-7f3b-9a51-0c8f1a2b3c4e',
  required: true,
}
const generatorName: FieldWords = {
  name: 'name',
  description: 'How its owner tells it from others.',
  example: 'Phone',
  required: true,
}

export const pageWords: Readonly<Record<string, RouteWords>> = {
  chooseLanguage: {
    description: 'What was chosen comes before `ui_locales` and `Accept-Language`.',
    query: [
      {
        name: 'to',
        description: 'The language.',
        example: 'pt',
        required: true,
        values: [...supportedLanguages],
      },
      {
        name: 'next',
        description: 'Path on this server to return to; when absent, the page that has the link (`Referer`).',
        example: '/login',
      },
    ],
    answers: { 303: redirect, 400: page },
  },
  showSignIn: {
    description:
      'For an application’s request, or by itself before the account page. Which step is next the server decides.',
    query: [
      interaction,
      signInSoFar,
      {
        name: 'step',
        description: 'Another step that leads on, instead of the usual one.',
        example: 'passkey',
      },
      {
        name: 'because',
        description: 'Why a signed-in person signs in, without an application.',
        example: 'stronger',
        values: ['again', 'stronger'],
      },
      { name: 'acr', description: 'What the sign-in must reach then.', example: 'phr' },
      { name: 'done', description: 'What to confirm.', example: 'password', values: ['password'] },
      {
        name: 'as',
        description: 'Shows the form even to a person who is signed in.',
        example: 'another',
        values: ['another'],
      },
      nextPage,
    ],
    answers: { 200: page, 303: redirect, 400: page, 403: page },
  },
  signIn: {
    description:
      'Takes one step; the fields are those of its form. Before something is proven, answers do not depend on the account.',
    form: [
      csrf,
      interaction,
      signInSoFar,
      { name: 'step', description: 'Which step.', example: 'password', required: true },
      nextPage,
      { name: 'identifier', description: 'E-mail address or username.', example: 'ada@example.com' },
      { ...secret('password', 'The password.'), required: false },
      { name: 'send', description: 'Asks for a code by e-mail.', example: 'yes' },
      { ...secret('code', 'A code of an app, or of an e-mail.'), required: false },
      {
        name: 'credential',
        description:
          'What `navigator.credentials` has answered, as JSON (Web Authentication Level 3 §5.1.8).',
        example: '{"id":"AAAA","type":"public-key"}',
      },
    ],
    answers: { 303: redirect, ...pageFormErrors, 409: page, 429: limitedPage, 503: busyPage },
  },
  findPasswordChange: {
    description: 'The sign-in page comes before, for who is not signed in.',
    answers: { 303: redirect },
  },
  showPasswordChange: {
    description: 'By choice, or forced after a one-time password.',
    query: [interaction],
    security: session,
    answers: { 200: page, 303: redirect, 400: page },
  },
  changeOwnPassword: {
    description: 'Other sessions end; this browser gets a new one.',
    form: [
      csrf,
      interaction,
      secret(
        'current_password',
        'The password so far; not needed right after a sign-in with one that must be changed.',
      ),
      secret('new_password', 'At least as long as the policy asks for, and not a common one.'),
      secret('repeat_password', 'The new one again.'),
    ],
    security: session,
    answers: { 303: redirect, ...pageFormErrors, 409: page, 429: limitedPage, 503: busyPage },
  },
  showPasswordSetup: {
    description: 'Opening it does not use the link up.',
    query: [setupLink],
    answers: { 200: page, 400: page, 429: limitedPage },
  },
  setUpOwnPassword: {
    description: 'The link is the proof of who it is; it opens once.',
    form: [
      csrf,
      setupLink,
      secret('new_password', 'At least as long as the policy asks for, and not a common one.'),
      secret('repeat_password', 'The same again.'),
      {
        name: 'terms',
        description: 'That whom an administrator invites accepts them, where there are any.',
        example: 'yes',
        values: ['yes'],
      },
    ],
    answers: { 303: redirect, ...pageFormErrors, 429: limitedPage, 503: busyPage },
  },
  showSignInLink: {
    description:
      'Opening it changes nothing. In the browser that asked for it, a button; in another one, the code to type there.',
    query: [signInLink],
    answers: { 200: page, 400: page },
  },
  useSignInLink: {
    description: 'Types the code of the link into the page that asked for it.',
    form: [csrf, signInLink],
    answers: { 200: page, 303: redirect, ...pageFormErrors, 429: limitedPage },
  },
  showAccountChoice: {
    description: 'Answers `prompt=select_account`.',
    query: [neededInteraction],
    security: session,
    answers: { 200: page, 303: redirect, 400: page },
  },
  chooseAccount: {
    description: 'Only for the account the page showed.',
    form: [
      csrf,
      neededInteraction,
      {
        name: 'session_id',
        description: 'The session the page showed.',
        example: '0199d0c2-5d5a-7f3b-9a51-0c8f1a2b3c4d',
        required: true,
      },
    ],
    security: session,
    answers: { 303: redirect, ...pageFormErrors },
  },
  showSessionsFull: {
    description: 'Where `max_sessions_per_user` of the client and `sessions.when_full` refuse one more.',
    query: [neededInteraction],
    security: session,
    answers: { 200: page, 400: page },
  },
  makeRoomForSession: {
    description: 'The oldest sessions that are signed in to the client end.',
    form: [csrf, neededInteraction],
    security: session,
    answers: { 303: redirect, ...pageFormErrors },
  },
  showConsent: {
    description: 'Names the application and, in words, what it asks for.',
    query: [neededInteraction],
    security: session,
    answers: { 200: page, 303: redirect, 400: page },
  },
  decideConsent: {
    description: 'Only by the person who was asked.',
    form: [
      csrf,
      neededInteraction,
      {
        name: 'decision',
        description: 'The button.',
        example: 'allow',
        required: true,
        values: ['allow', 'deny'],
      },
    ],
    security: session,
    answers: { 303: redirect, ...pageFormErrors },
  },
  showSignOut: { description: 'Asks, since a link alone must not sign anybody out.', answers: { 200: page } },
  signOut: {
    description: 'Ends the session of this browser.',
    form: [csrf],
    security: session,
    answers: { 200: page, 303: redirect, ...pageFormErrors },
  },
  endOwnSession: {
    description: 'Only sessions of the same person.',
    form: [
      csrf,
      {
        name: 'session_id',
        description: 'Which one.',
        example: '0199d0c2-5d5a-7f3b-9a51-0c8f1a2b3c4d',
        required: true,
      },
    ],
    security: session,
    answers: { 303: redirect, ...pageFormErrors },
  },
  showPasskeys: {
    description:
      'Needs a recent sign-in by the strongest means the person has. All but adding works without JavaScript.',
    security: session,
    answers: { 200: page, 303: redirect },
  },
  addPasskey: {
    description: 'For the script of the page: what `navigator.credentials.create()` has answered, once.',
    form: [
      csrf,
      {
        name: 'registration',
        description: 'From the page: challenge and session, sealed.',
        example: 'c2VhbGVk',
        required: true,
      },
      {
        name: 'credential',
        description: '`RegistrationResponseJSON` (Web Authentication Level 3 §5.1.8.1).',
        example: '{"id":"AAAA","type":"public-key"}',
        required: true,
      },
    ],
    security: session,
    answers: { 303: redirect, ...pageFormErrors },
  },
  renamePasskey: {
    description: 'Only passkeys of the same person.',
    form: [
      csrf,
      ownPasskey,
      { name: 'name', description: 'Its new name.', example: 'Phone', required: true },
    ],
    security: session,
    answers: { 303: redirect, ...pageFormErrors },
  },
  removePasskey: {
    description: 'Only passkeys of the same person. Sessions that were begun with it end, but this one.',
    form: [csrf, ownPasskey],
    security: session,
    answers: { 303: redirect, ...pageFormErrors },
  },
  showOneTimePasswords: {
    description: 'Needs a recent sign-in, as strong as the account allows.',
    query: [{ name: 'done', description: 'What to confirm.', example: 'renamed', values: ['renamed'] }],
    security: session,
    answers: { 200: page, 303: redirect },
  },
  showNewOneTimePassword: {
    description:
      'With new recovery codes for whoever has none. Nothing is stored before a code of the app is entered.',
    security: session,
    answers: { 200: page, 303: redirect },
  },
  addOneTimePassword: {
    description:
      'Sign-ins in progress start over, and remembered browsers are asked again. Repeating it adds nothing.',
    form: [
      csrf,
      {
        ...{ name: 'enrolment', description: 'The key, sealed; from the page.', example: 'c2VhbGVk' },
        required: true,
      },
      { name: 'codes', description: 'The recovery codes shown with it, sealed.', example: 'c2VhbGVk' },
      { name: 'code', description: 'What the app shows now.', example: '755224', required: true },
      generatorName,
    ],
    security: session,
    answers: { 303: redirect, ...pageFormErrors },
  },
  renameOneTimePassword: {
    description: 'Only an app of the same person.',
    form: [csrf, generator, generatorName],
    security: session,
    answers: { 303: redirect, ...pageFormErrors },
  },
  removeOneTimePassword: {
    description: 'Only an app of the same person. The recovery codes go with the last second factor.',
    form: [csrf, generator],
    security: session,
    answers: { 303: redirect, ...pageFormErrors },
  },
  showRecoveryCodes: {
    description: 'Each request shows others. They are valid when they are sent back.',
    security: session,
    answers: { 200: page, 303: redirect },
  },
  keepRecoveryCodes: {
    description: 'A set is taken once: sent again, it brings back no used code.',
    form: [
      csrf,
      {
        ...{ name: 'codes', description: 'The codes, sealed; from the page.', example: 'c2VhbGVk' },
        required: true,
      },
    ],
    security: session,
    answers: { 303: redirect, ...pageFormErrors, 409: page },
  },
  forgetOwnDevice: {
    description: 'Only devices of the same person. What others fail at holds up a sign-in there again.',
    form: [
      csrf,
      {
        name: 'device_id',
        description: 'Which one.',
        example: '0199d0c2-5d5a-7f3b-9a51-0c8f1a2b3c4e',
        required: true,
      },
    ],
    security: session,
    answers: { 303: redirect, ...pageFormErrors },
  },
  forgetOwnRememberedDevice: {
    description: 'Only of the same person. Sessions stay.',
    form: [
      csrf,
      {
        name: 'remembered_id',
        description: 'Which one.',
        example: '0199d0c2-5d5a-7f3b-9a51-0c8f1a2b3c4f',
        required: true,
      },
    ],
    security: session,
    answers: { 303: redirect, ...pageFormErrors },
  },
  endOwnOtherSessions: {
    description: 'All but the session of this browser.',
    form: [csrf],
    security: session,
    answers: { 303: redirect, ...pageFormErrors },
  },
}
