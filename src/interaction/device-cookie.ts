/**
 * The device cookie, which shows that users have signed in from this browser before: one self-routing handle per
 * account, for a few accounts, the most recently used first. A forged handle does not open, and reading handles
 * does no I/O: only the account being signed in to checks its own.
 */
import { type CookieSettings, readCookie, writeCookie } from '../kit/cookies.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import {
  type HandleSecret,
  newHandleSecret,
  type OpenedHandle,
  openHandle,
  sealHandle,
} from '../kit/sealed-handle.ts'
import { deviceLifetimeSeconds } from '../sessions/known-device.ts'

interface DeviceRouting {
  readonly user_id: string
  readonly device_id: string
  /** MACs of the account's identifiers at sign-in, so that an attempt can be matched before any I/O. */
  readonly names: readonly string[]
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
}

export interface DeviceHandle extends OpenedHandle<DeviceRouting> {
  readonly handle: string
}

const name = 'authly_devices'
/** A handle contains single dots only, so this cannot occur within one. */
const separator = '..'
/** Accounts per browser; the least recently used one is dropped. */
export const maxAccounts = 5

/** 132 bits: enough to distinguish identifiers, and short in a cookie. */
const shortMac = (identifierMac: string): string => identifierMac.slice(0, 22)

/** Whether `identifierMac` is that of an identifier of the device's account. */
export const isNameOf = ({ routing }: DeviceHandle, identifierMac: string): boolean =>
  routing.names.includes(shortMac(identifierMac))

/** The handles in a `Cookie` header that this deployment issued, one per account. Does no I/O. */
export async function readDevices(
  needs: { readonly root: RootSecret; readonly config: CookieSettings },
  cookieHeader: string | null | undefined,
  now: number,
): Promise<readonly DeviceHandle[]> {
  const handles = readCookie(needs.config, cookieHeader, name)?.split(separator).slice(0, maxAccounts) ?? []
  const opened = await Promise.all(
    handles.map(async (handle) => {
      const device = await openHandle<DeviceRouting>(needs.root, 'kd', handle)
      return device && now < device.routing.expires_at ? { ...device, handle } : undefined
    }),
  )
  const accounts = new Map<string, DeviceHandle>()
  for (const device of opened) {
    if (device && !accounts.has(device.routing.user_id)) accounts.set(device.routing.user_id, device)
  }
  return [...accounts.values()]
}

/** A device whose account's identifiers are not known yet. */
export interface NewDevice {
  readonly secret: HandleSecret
  readonly routing: Omit<DeviceRouting, 'names'>
}

/** A fresh device; the secret's hash goes to the person's object. */
export async function newDevice(input: {
  readonly user_id: string
  readonly device_id: string
  readonly now: number
}): Promise<NewDevice> {
  const { user_id, device_id, now } = input
  const routing = { user_id, device_id, expires_at: now + deviceLifetimeSeconds * 1000 }
  return { secret: await newHandleSecret(), routing }
}

/** Its handle for the cookie. @param identifierMacs of the account (`identifierMac`) */
export async function sealDevice(
  root: RootSecret,
  device: NewDevice,
  identifierMacs: readonly string[],
): Promise<DeviceHandle> {
  const routing = { ...device.routing, names: [...new Set(identifierMacs.map(shortMac))] }
  return { ...(await sealHandle(root, 'kd', routing, device.secret)), routing }
}

/** `Set-Cookie` value after a sign-in: `fresh` in place of the account's old handle, the others stay. */
export function setDeviceCookie(
  settings: CookieSettings,
  fresh: DeviceHandle,
  others: readonly DeviceHandle[],
): string {
  const kept = others.filter(({ routing }) => routing.user_id !== fresh.routing.user_id)
  const handles = [fresh, ...kept].slice(0, maxAccounts).map(({ handle }) => handle)
  return writeCookie(settings, name, handles.join(separator), deviceLifetimeSeconds)
}
