/** What was typed as a name, and how attempts at it are counted: alike whether or not there is such an account. */
import { type DeviceHandle, isNameOf } from '../../interaction/device-cookie.ts'
import { identifierMac } from '../../sessions/identifier-mac.ts'
import { identifierForm } from '../../users/normal-form.ts'
import type { User } from '../../users/user.ts'
import type { StepAttempt, StepNeeds } from './step.ts'

export interface TypedIdentifier {
  readonly identifierHash: string
  /** The account that has signed in in this browser before by this name, and its device. */
  readonly known: DeviceHandle['routing'] | undefined
  /** The limit that attempts count against, and whose. */
  readonly counted: { readonly policy: 'login-ip' | 'login-device'; readonly subject: string }
}

export async function readTypedIdentifier(
  { root }: Pick<StepNeeds, 'root'>,
  { browser, origin }: Pick<StepAttempt, 'browser' | 'origin'>,
  identifier: string,
): Promise<TypedIdentifier> {
  const identifierHash = await identifierMac(root, identifierForm(identifier))
  // On a device with an earlier sign-in to this account, attempts count against the device, so that others
  // behind the same address cannot lock its user out. A device handle cannot be forged and is valid for one
  // account only.
  const known = browser.devices.find((each) => isNameOf(each, identifierHash))?.routing
  const device = known?.device_id
  return {
    ...{ identifierHash, known },
    counted: { policy: device ? 'login-device' : 'login-ip', subject: device ?? origin.ip ?? 'unknown' },
  }
}

/** Of what was typed and of all names of the account, for the device cookie. Takes as long without an account. */
export async function identifierMacsOf(
  { root }: Pick<StepNeeds, 'root'>,
  { identifierHash }: Pick<TypedIdentifier, 'identifierHash'>,
  user: Pick<User, 'email' | 'username'> | undefined,
): Promise<readonly string[]> {
  const names = [user?.email ?? '', user?.username ?? '']
  const macs = await Promise.all(names.map((name) => identifierMac(root, identifierForm(name))))
  return [identifierHash, ...macs]
}
