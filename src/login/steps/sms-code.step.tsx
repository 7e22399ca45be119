/**
 * A code by text message, as a second factor of accounts that have no better one: numbers are taken over and networks listen
 * in (a restricted authenticator, NIST SP 800-63B-4 §3.2.9).
 */
import { hasSmsAlone, smsCodeProof } from '../../authentication/factor-proofs.ts'
import { SentCodePage } from './sent-code-page.tsx'
import { sendSms, trySmsCode } from './sms-code-attempt.ts'
import type { Step } from './step.ts'

const id = 'sms_code'

export const smsCode: Step = {
  id,
  kind: 'factor',
  proves: [smsCodeProof],
  offered: ({ account, proofs }, { sms_codes }) =>
    sms_codes === 'second_factor' && proofs.length > 0 && account !== undefined && hasSmsAlone(account),
  label: ({ smsCodes }) => smsCodes.useIt,
  title: ({ smsCodes }) => smsCodes.title,

  page: (shown) => {
    const { smsCodes, continueAction } = shown.page.messages
    const isSent = shown.progress.code?.channel === 'sms'
    return <SentCodePage step={id} shown={shown} isSent={isSent} texts={smsCodes} action={continueAction} />
  },

  attempt: (needs, attempt) =>
    attempt.form.get('send') === undefined ? trySmsCode(needs, attempt) : sendSms(needs, attempt),
}
