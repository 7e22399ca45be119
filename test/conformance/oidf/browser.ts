/** What the suite's browser does at the hosted pages, in the suite's own notation: plays the person. */
import type { SeededUser } from '../seed.ts'
import type { TestedServer } from './server.ts'

type Command = readonly (string | number)[]
type Task = { task: string; match: string; commands: readonly Command[]; optional?: true }
type Visit = { match: string; tasks: readonly Task[]; 'match-limit'?: number }
type Override = { browser: readonly Visit[] }

/** Keeps the page for the reviewer where the suite wants one, once it says `text`. */
const keep = (text: string, optional = false): Command => [
  ...['wait', 'xpath', '//main', 10, text],
  optional ? 'update-image-placeholder-optional' : 'update-image-placeholder',
]

// Whoever is signed in already is asked for the password alone, beside a name that cannot be edited.
const identifier = '//input[@name="identifier" and not(@readonly)]'
const submit = (input: string) => `//form[.${input}]//button[@type="submit"]`

/** @param home where the suite serves the plan */
export function describeBrowser(
  { issuer, person, refuser }: Pick<TestedServer, 'issuer' | 'person' | 'refuser'>,
  home: string,
) {
  const optional = (task: string, match: string, ...commands: Command[]): Task => ({
    ...{ task, match, commands },
    optional: true,
  })
  const nameOf = ({ username }: SeededUser) =>
    optional(
      ...(['Name', `${issuer}/login*`] as const),
      ['text', 'xpath', identifier, username, 'optional'],
      ['click', 'xpath', submit(identifier), 'optional'],
    )
  const passwordOf = ({ password }: SeededUser): Command[] => [
    ['text', 'name', 'password', password],
    ['click', 'xpath', submit('//input[@name="password"]')],
  ]
  const signInAs = (who: SeededUser, ...before: Command[]) => [
    nameOf(who),
    optional('Password', `${issuer}/login*`, ...before, ...passwordOf(who)),
  ]
  const signIn = signInAs(person)
  const signInSeen = signInAs(person, keep('Sign in', true))
  const consent = optional('Consent', `${issuer}/consent*`, ['click', 'css', 'button[value=allow]'])
  const deny = optional('Refusal', `${issuer}/consent*`, ['click', 'css', 'button[value=deny]'])
  const done: Task = {
    ...{ task: 'Back at the client', match: `${home}/callback*` },
    commands: [['wait', 'id', 'submission_complete', 10]],
  }
  const authorize = (...tasks: Task[]): Visit => ({ match: `${issuer}/oauth/authorize*`, tasks })
  const ordinary = authorize(...signIn, consent, done)
  const seen: Override = { browser: [authorize(...signInSeen, consent, done)] }
  const page = (task: string, text: string, match = `${issuer}/*`): Task => ({
    ...{ task, match },
    commands: [keep(text)],
  })
  const refused: Override = { browser: [authorize(page('Error page', 'Something went wrong'))] }
  const optionalError: Task = { ...page('Error page', 'Something went wrong'), optional: true }
  const refusedOrDone: Override = {
    browser: [authorize(...signIn, consent, { ...done, optional: true }, optionalError)],
  }
  const looks: Task = {
    ...{ task: 'Only looks', match: `${issuer}/login*` },
    commands: [['wait', 'xpath', '//main', 10, 'Sign in']],
  }
  const firstLooks: Override = { browser: [{ ...authorize(looks), 'match-limit': 1 }, ordinary] }
  const shown: Override = { browser: [authorize(page('Sign-in page', 'Sign in'))] }

  const button = 'form[action="/oidc/logout/confirm"] button[type=submit]'
  const confirm = optional('Confirm', `${issuer}/oidc/logout*`, ['click', 'css', button, 'optional'])
  const leave = (...tasks: Task[]): Visit => ({ match: `${issuer}/oidc/logout*`, tasks })
  const back: Task = { task: 'Back after logout', match: `${home}/post_logout_redirect*`, commands: [] }
  const signedOut: Override = {
    browser: [ordinary, leave(confirm, page('Signed out', 'You are signed out'))],
  }
  const askedOrRefused: Override = {
    browser: [
      ordinary,
      leave(page('Error page or question', 'Something went wrong|Do you want to sign out')),
    ],
  }
  const by = (prefix: string, names: readonly string[], override: Override) =>
    Object.fromEntries(names.map((name) => [prefix + name, override]))
  return {
    // Its browser stumbles over style sheets of today.
    options: { browsercontrol_css_enable: false },
    browser: [ordinary, leave(confirm, back)],
    override: {
      ...by('oidcc-', ['prompt-login', 'max-age-1'], seen),
      ...by(
        'oidcc-',
        [
          'ensure-registered-redirect-uri',
          'ensure-redirect-uri-in-authorization-request',
          'ensure-request-object-with-redirect-uri',
          'redirect-uri-query-added',
          'redirect-uri-query-mismatch',
        ],
        refused,
      ),
      ...by(
        'oidcc-rp-initiated-logout-',
        [
          'bad-post-logout-redirect-uri',
          'query-added-to-post-logout-redirect-uri',
          'modified-id-token-hint',
          'bad-id-token-hint',
          'no-id-token-hint',
        ],
        askedOrRefused,
      ),
      ...by(
        'oidcc-rp-initiated-logout-',
        ['no-params', 'no-post-logout-redirect-uri', 'only-state'],
        signedOut,
      ),
      ...by('oidcc-registration-', ['logo-uri', 'policy-uri', 'tos-uri'], shown),
      ...by(
        'fapi2-security-profile-final-',
        [
          'ensure-unsigned-authorization-request-without-using-par-fails',
          'par-attempt-reuse-request_uri',
          'par-attempt-to-use-expired-request_uri',
          'par-attempt-to-use-request_uri-for-different-client',
        ],
        refusedOrDone,
      ),
      'fapi2-security-profile-final-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds':
        firstLooks,
      // `person` has consented in an earlier module.
      'fapi2-security-profile-final-user-rejects-authentication': {
        browser: [authorize(...signInAs(refuser), deny, done)],
      },
    },
  }
}
