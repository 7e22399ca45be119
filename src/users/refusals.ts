/**
 * Why a write to an account is refused, in order of evaluation: the first that applies counts. Shared by requests about
 * one account and rows of a job; a new rule is one more entry.
 */

/** The response to a request about one account. */
export type Refused =
  | { readonly status: 403; readonly detail: string }
  | { readonly status: 404 | 412 }
  | {
      readonly status: 409
      readonly title: string
      readonly errors: readonly { readonly pointer: string; readonly detail: string }[]
      /** The constraint that a faster concurrent request makes this write violate. */
      readonly constraint?: string
    }

interface Refusal {
  readonly code: string
  /** SQL condition over a row of `attempt` (decide-accounts.store.ts). */
  readonly when: string
  /** Absent when a request about one account cannot meet it. */
  readonly request?: Refused
  /** The text in the results of a job. Absent when no row of a job can meet it. */
  readonly row?: string
}

const disables = `patch ->> 'status' = 'disabled'`
const isTaken = 'is taken, as a username or as an e-mail address'

const list = [
  {
    code: 'unknown',
    // Attack: a row that waited for the deletion of its account would make it anew, under an id that was erased.
    when: 'not existing and (not creates or gone)',
    request: { status: 404 },
    row: 'the account has gone, or does not match the filter any more',
  },
  {
    // Attack: recreating an account under an erased id. Its events would count as late events of the erased user and be
    // blanked before the trail is sealed.
    code: 'erased',
    when: 'not existing and erased',
    row: 'the account of this id was erased',
  },
  {
    code: 'exists',
    when: `existing and on_conflict = 'fail'`,
    row: 'an account with this id, username or email exists',
  },
  {
    code: 'repeated',
    when: 'is_repeated',
    row: 'a row before it is about the same account: send this one again',
  },
  { code: 'ambiguous', when: 'ambiguous', row: 'username and email belong to different accounts' },
  {
    // Attack: a row whose e-mail address is another user's username would take over that name or be mistaken for its
    // owner.
    code: 'username_taken',
    when: `taken = 'username'`,
    request: {
      ...{ status: 409, constraint: 'users_username_unique', title: 'The username is taken' },
      errors: [{ pointer: '#/username', detail: isTaken }],
    },
    row: 'the username is the e-mail address of another account',
  },
  {
    code: 'email_taken',
    when: `taken = 'email'`,
    request: {
      ...{ status: 409, constraint: 'users_email_unique', title: 'The e-mail address is taken' },
      errors: [{ pointer: '#/email', detail: isTaken }],
    },
    row: 'the e-mail address is the username of another account',
  },
  {
    code: 'own_privileges',
    when: `own and patch ? 'roles'`,
    request: { status: 403, detail: 'Nobody changes their own privileges.' },
  },
  {
    // Attack: a stolen token persists by setting a new password. Mistake: administrators lock themselves out.
    code: 'yourself',
    when: `own and (deletes or ${disables} or hash is not null or otp is not null)`,
    request: { status: 403, detail: 'Nobody does this to their own account.' },
    row: 'this is your own account',
  },
  {
    // Mistake: nobody is left who could bring back what is lost. Another administrator decides, who sees the whole.
    code: 'administrator_leaves',
    when: `patch ->> 'deletion_due_at' is not null and (account).roles @> '{admin}'`,
    request: { status: 403, detail: 'Administrators do not delete their own account.' },
  },
  {
    // Attack: whoever changes the address or password of a more privileged user can become that user.
    code: 'more_privileged',
    when: 'existing and not manageable',
    request: { status: 403, detail: 'It concerns permissions that you do not have.' },
    row: 'the account has permissions that you do not have',
  },
  {
    code: 'administrator',
    when: `is_bulk and (deletes or ${disables}) and (account).roles @> '{admin}'`,
    row: 'administrators are disabled and deleted one at a time',
  },
  { code: 'version', when: 'not version_expected', request: { status: 412 } },
  {
    code: 'no_identifier',
    when: `'null'::jsonb in (patch -> 'username', patch -> 'email') and (next).username is null and (next).email is null`,
    request: {
      ...{ status: 409, title: 'An account needs a username or an e-mail address' },
      errors: [{ pointer: '#/username', detail: 'must not be removed together with the e-mail address' }],
    },
  },
] as const satisfies readonly Refusal[]

export type RefusalCode = (typeof list)[number]['code']

export const refusalCodes = list.map(({ code }) => code)

export const refusals: readonly (Refusal & { readonly code: RefusalCode })[] = list

/** @throws Error for an unknown code: the outcome was written by another version */
export function refusalOf(code: RefusalCode): Refusal {
  const refusal = refusals.find((each) => each.code === code)
  if (!refusal) throw new Error(`no such refusal: ${code}`)
  return refusal
}
