/**
 * All rules of the user's object, by method name. The methods of the Durable Object, the type its callers see and the
 * test double all derive from this table. To add a rule, add its file and a line here.
 */
import { checkSession } from './check-session.ts'
import { completePasswordChange } from './complete-password-change.ts'
import { completeRequiredChange } from './complete-required-change.ts'
import { continueSignIn } from './continue-sign-in.ts'
import {
  expiring,
  forwarded,
  type Rule,
  read,
  unrecorded,
  type VerifiedRule,
  verified,
  write,
} from './define-rule.ts'
import { delegate, isDelegated } from './delegate.ts'
import { disown } from './disown.ts'
import { endAllSessions, endSession } from './end-session.ts'
import { factorsChanged } from './factors-changed.ts'
import { forgetConsent } from './forget-consent.ts'
import { forgiveFailures } from './forgive-failures.ts'
import { formerSessions } from './former-sessions.ts'
import { inspectToken } from './inspect-token.ts'
import { keepAccount } from './keep-account.ts'
import { forgetDevice, listDevices } from './known-device.ts'
import { makeRoomAtClient } from './limit-sessions.ts'
import { listGrants } from './list-grants.ts'
import { listOtpUses } from './list-otp-uses.ts'
import { endPendingSignIns, listPendingSignIns } from './list-pending-sign-ins.ts'
import { listSessions } from './list-sessions.ts'
import { readPending } from './pending-sign-in.ts'
import { provePasskey } from './prove-passkey.ts'
import { proveSmsCode } from './prove-sms-code.ts'
import { recordLogin } from './record-login.ts'
import { beginRecoveryWait, cancelRecoveryWait, findRecoveryWait } from './recovery-wait.ts'
import { redeemCode } from './redeem-code.ts'
import { learnPasskey, readmitPasskeys, refusePasskeys } from './refuse-passkeys.ts'
import { denyConsent, rememberConsent } from './remember-consent.ts'
import {
  forgetRememberedDevice,
  forgetRememberedDevices,
  listRememberedDevices,
} from './remembered-device.ts'
import { revokeToken } from './revoke-token.ts'
import { rotateRefresh } from './rotate-refresh.ts'
import { setUpFactor, setUpPasskey } from './set-up-factor.ts'
import { signInRegistered } from './sign-in-registered.ts'
import { signInWithCode } from './sign-in-with-code.ts'
import { signInWithPasskey } from './sign-in-with-passkey.ts'
import { signOut } from './sign-out-browser.ts'
import { spendInteraction } from './spend-interaction.ts'
import { stepUpSession } from './step-up-session.ts'
import { takeRecoveryCode } from './take-recovery-code.ts'
import { useBoundToken } from './use-bound-token.ts'
import { verifyOtp } from './verify-otp.ts'

export const rules = {
  recordLogin: forwarded(recordLogin),
  signInWithCode: forwarded(signInWithCode),
  signInRegistered: forwarded(signInRegistered),
  checkSession: read(checkSession),
  continueSignIn: forwarded(continueSignIn),
  stepUpSession: forwarded(stepUpSession),
  completePasswordChange: write(completePasswordChange),
  completeRequiredChange: forwarded(completeRequiredChange),
  disown: write(disown),
  keepAccount: forwarded(keepAccount),
  signOut: write(signOut),
  formerSessions: read(formerSessions),
  endSession: write(endSession),
  endAllSessions: write(endAllSessions),
  forgiveFailures: write(forgiveFailures),
  makeRoomAtClient: write(makeRoomAtClient),
  listSessions: read(listSessions),
  listGrants: read(listGrants),
  readPending: read(readPending),
  listPendingSignIns: read(listPendingSignIns),
  endPendingSignIns: write(endPendingSignIns),
  listDevices: read(listDevices),
  forgetDevice: write(forgetDevice),
  listRememberedDevices: read(listRememberedDevices),
  forgetRememberedDevice: write(forgetRememberedDevice),
  forgetRememberedDevices: write(forgetRememberedDevices),
  factorsChanged: write(factorsChanged),
  listOtpUses: read(listOtpUses),
  verifyOtp: verified(verifyOtp),
  takeRecoveryCode: forwarded(takeRecoveryCode),
  beginRecoveryWait: unrecorded(beginRecoveryWait),
  findRecoveryWait: read(findRecoveryWait),
  cancelRecoveryWait: unrecorded(cancelRecoveryWait),
  proveSmsCode: forwarded(proveSmsCode),
  setUpFactor: forwarded(setUpFactor),
  setUpPasskey: forwarded(setUpPasskey),
  rememberConsent: write(rememberConsent),
  forgetConsent: write(forgetConsent),
  denyConsent: write(denyConsent),
  spendInteraction: write(spendInteraction),
  redeemCode: forwarded(redeemCode),
  rotateRefresh: forwarded(rotateRefresh),
  inspectToken: read(inspectToken),
  useBoundToken: expiring(useBoundToken),
  revokeToken: write(revokeToken),
  delegate: unrecorded(delegate),
  isDelegated: write(isDelegated),
  signInWithPasskey: verified(signInWithPasskey),
  provePasskey: verified(provePasskey),
  refusePasskeys: write(refusePasskeys),
  readmitPasskeys: unrecorded(readmitPasskeys),
  learnPasskey: unrecorded(learnPasskey),
}

type Method<R> =
  R extends VerifiedRule<infer Input, infer Answer>
    ? (...input: Input) => Promise<Answer>
    : R extends Rule<infer Input, infer Answer>
      ? (...input: Input) => Promise<Answer>
      : never

/**
 * The object of one subject: all state of one user's sign-ins, changed by sequential calls. One object per user (or per
 * client, for the revocation of its service tokens). Get it with `SessionsOf`. Times are milliseconds since the Unix
 * epoch unless a name ends in `_seconds`.
 */
export type UserSessions = {
  readonly [Name in keyof typeof rules]: Method<(typeof rules)[Name]>
}

/** Returns the object of a user id, or of `client:<client_id>`. Makes no call by itself. */
export type SessionsOf = (subject: string) => UserSessions
