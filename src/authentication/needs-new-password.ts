/** Whether the password must be changed before its owner goes on. */
import type { AccountFactors } from './sign-in-state.ts'

export const needsNewPassword = (account: Pick<AccountFactors, 'password'> | undefined): boolean =>
  account?.password === 'must_change' || account?.password === 'breached'
