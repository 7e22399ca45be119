/** The message that brings a code of a sign-in. */
import { codeLifetimeSeconds } from '../../delivery/codes/decide-code.ts'
import type { Message } from '../../delivery/messages/index.ts'

export const codeMessage = (code: string): Message => ({
  kind: 'email_code',
  params: { code, valid_seconds: codeLifetimeSeconds },
})
