/** A code sent to the mailbox of the account, in place of the password. The page is the same for whoever does not exist. */
import { emailCodeProof } from '../../authentication/factor-proofs.ts'
import { codeOf, sendCode, tryCode } from './email-code-attempt.ts'
import { SentCodePage } from './sent-code-page.tsx'
import type { Step } from './step.ts'

const id = 'email_code'

/** `true`: a code was asked for, for this identifier. */
type Prepared = boolean

export const emailCode: Step = {
  id,
  kind: 'factor',
  proves: [emailCodeProof],
  // A first factor only. Attack: beside a password that is reset through the same mailbox it proves nothing more.
  offered: ({ identifier, proofs }, { email_codes, recovers }) =>
    identifier !== undefined && proofs.length === 0 && (email_codes === 'on' || recovers === true),
  label: ({ emailCodes }) => emailCodes.useIt,
  title: ({ emailCodes, recovery }, { recovers }) => (recovers ? recovery.title : emailCodes.title),
  prepare: async (needs, { progress }): Promise<Prepared> => (await codeOf(needs, progress)) !== undefined,

  page: (shown) => {
    const { emailCodes, recovery, signInAction, continueAction } = shown.page.messages
    const isSent = shown.prepared as Prepared
    const { recovers } = shown.policy
    const texts = recovers ? { ...emailCodes, text: recovery.text } : emailCodes
    const action = recovers ? continueAction : signInAction
    return <SentCodePage step={id} shown={shown} isSent={isSent} texts={texts} action={action} />
  },

  attempt: (needs, attempt) =>
    attempt.form.get('send') === undefined ? tryCode(needs, attempt) : sendCode(needs, attempt),
}
