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

interface KeepNeeds {
  readonly now: Clock
  readonly root: Pick<RootSecret, 'open' | 'lastingMac'>
  readonly openOtpStore: OpenOtpStore
}

/** A drawn set, to be shown again; undefined when it is not this person's, or expired. */
export async function openDrawnCodes(
  root: Pick<RootSecret, 'open'>,
  userId: string,
  sealed: string,
  now: number,
): Promise<(DrawnCodes & { readonly drawn_at: number }) | undefined> {
  const text = sealed.length > 2048 ? undefined : await root.open(purpose, sealed, userId)
  if (text === undefined) return undefined
  const contents = JSON.parse(text) as Contents
  return now < contents.drawn_at + lifetimeMs ? { ...contents, sealed } : undefined
}

/**
 * Makes a drawn set the valid one. A set is taken once: a form that is sent again brings back no used code.
 * @returns false when it is not this person's, expired, older than the one they have, or useless without a second factor
 */
export async function keepRecoveryCodes(
  needs: KeepNeeds,
  { user_id, sealed, origin }: { readonly user_id: string; readonly sealed: string; readonly origin: Origin },
): Promise<boolean> {
  const drawn = await openDrawnCodes(needs.root, user_id, sealed, needs.now())
  return drawn ? storeRecoveryCodes(needs, { ...drawn, user_id, origin }) : false
}

/** Stores a set that its owner has seen. */
export async function storeRecoveryCodes(
  needs: Omit<KeepNeeds, 'root'> & { readonly root: Pick<RootSecret, 'lastingMac'> },
  { user_id, codes, drawn_at, origin }: Contents & { readonly user_id: string; readonly origin: Origin },
): Promise<boolean> {
  const event = createEvent('recovery_codes.created', needs.now(), origin, {
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
