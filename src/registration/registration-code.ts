/**
 * The code that proves the address of an account before there is one. Whether the address has an account already is told
 * to its mailbox alone: the pages, the calls and the rows are the same (user enumeration).
 */
import type { CheckedCode } from '../delivery/codes/code-port.ts'
import { codeLifetimeSeconds } from '../delivery/codes/decide-code.ts'
import { checkCode, issueCode } from '../delivery/codes/one-time-code.ts'
import { destinationName } from '../delivery/queue-message.ts'
import { loginPath } from '../login/steps/step-form.tsx'
import { languageOfLocale } from '../messages/choose-language.ts'
import type { LanguageTag } from '../messages/languages.ts'
import type { RegistrationProgress } from './registration-progress.ts'
import type { RegistrationNeeds } from './steps/registration-step.ts'

/** Nobody has signed in here with this address, as far as the counters are concerned. */
const asker = 'elsewhere'

export type SentCode =
  | { readonly status: 'sent'; readonly progress: RegistrationProgress }
  | { readonly status: 'locked'; readonly retryAfterSeconds: number }

/** One lookup and one call of the address's object. */
export async function sendRegistrationCode(
  needs: RegistrationNeeds,
  progress: RegistrationProgress,
  language: LanguageTag,
): Promise<SentCode> {
  const { email, user_id } = progress
  const destination = await destinationName(needs.root, { channel: 'email', address: email })
  const { person } = await needs.findUserForLogin(email)
  const url = `${needs.config.issuer}${loginPath({})}`
  const issued = await issueCode(needs, {
    ...{ destination, asker, replaces: progress.code?.code_id },
    to: { channel: 'email', address: person?.user.email ?? email },
    // The code of somebody who has an account is in no message, and proves nothing.
    account: person ? { ...accountOf(progress), user_id: person.user.id } : accountOf(progress),
    language: person ? languageOfLocale(person.user.profile['locale']).tag : language,
    message: ({ code }) =>
      person
        ? { kind: 'account_exists', params: { url } }
        : { kind: 'registration_code', params: { code, valid_seconds: codeLifetimeSeconds } },
  })
  if (issued.status !== 'issued') return { status: 'locked', retryAfterSeconds: issued.retry_after_seconds }
  return {
    status: 'sent',
    progress: { ...progress, user_id, code: { code_id: issued.code_id, destination } },
  }
}

/** One call. @param code six digits */
export async function checkRegistrationCode(
  needs: RegistrationNeeds,
  progress: RegistrationProgress,
  code: string,
): Promise<CheckedCode> {
  if (!progress.code) return { status: 'over' }
  return checkCode(needs, { ...progress.code, asker, code, account: accountOf(progress) })
}

/** The account that would be made. */
const accountOf = ({ user_id, email }: RegistrationProgress) => ({
  ...{ user_id, address: email, password_hash: undefined },
})
