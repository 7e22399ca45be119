/**
 * A new set of recovery codes is shown first and stored when its owner says that it is kept: reloading the page shows
 * other codes, and takes none away from who has lost the new ones already.
 */
import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import type { Clock } from '../kit/clock.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import type { OpenOtpStore } from './otp-port.ts'
import { generateRecoveryCodes, hashRecoveryCodes } from './recovery-codes.ts'

const purpose = 'drawn recovery codes'
const lifetimeMs = 30 * 60_000

export interface DrawnCodes {
  readonly codes: readonly string[]
  /** For the form's hidden field. */
  readonly sealed: string
}

interface Contents {
  readonly codes: readonly string[]
  readonly drawn_at: number
}

/** A new set, of which nothing is stored yet. @param now milliseconds since the Unix epoch */
export async function drawRecoveryCodes(
  root: Pick<RootSecret, 'seal'>,
  userId: string,
  now: number,
): Promise<DrawnCodes> {
  const contents: Contents = { codes: generateRecoveryCodes(), drawn_at: now }
  return { codes: contents.codes, sealed: await root.seal(purpose, JSON.stringify(contents), userId) }
}

/**
 * Makes a drawn set the valid one. A set is taken once: a form that is sent again brings back no used code.
 * @returns false when it is not this person's, expired, older than the one they have, or useless without a second factor
 */
export async function keepRecoveryCodes(
  needs: { readonly now: Clock; readonly root: RootSecret; readonly openOtpStore: OpenOtpStore },
  { user_id, sealed, origin }: { readonly user_id: string; readonly sealed: string; readonly origin: Origin },
): Promise<boolean> {
  const now = needs.now()
  const text = sealed.length > 2048 ? undefined : await needs.root.open(purpose, sealed, user_id)
  if (text === undefined) return false
  const { codes, drawn_at } = JSON.parse(text) as Contents
  if (now >= drawn_at + lifetimeMs) return false
  const event = createEvent('recovery_codes.created', now, origin, {
    ...{ outcome: 'success', actor_type: 'user', actor_id: user_id, user_id },
    data: { count: codes.length },
  })
  const hashes = await hashRecoveryCodes(needs.root, user_id, codes)
  const store = await needs.openOtpStore()
  return store.replaceRecoveryCodes(user_id, hashes, drawn_at, event)
}

/** The codes as a text file. */
export const recoveryCodeText = (heading: string, codes: readonly string[]): string =>
  [heading, '', ...codes, ''].join('\r\n')
