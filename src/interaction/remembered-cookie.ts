/**
 * The cookie of browsers at which second factors are remembered: one self-routing handle per account, for a few
 * accounts, the newest first. A forged handle does not open, and reading handles does no I/O.
 */
import { type CookieSettings, readCookie, writeCookie } from '../kit/cookies.ts'
import { uuidv7 } from '../kit/ids.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { issueHandle, type OpenedHandle, openHandle } from '../kit/sealed-handle.ts'
import type { RememberedProof } from '../sessions/remembered-device-types.ts'

interface RememberedRouting {
  readonly user_id: string
  readonly remembered_id: string
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
}

export interface RememberedHandle extends OpenedHandle<RememberedRouting> {
  readonly handle: string
}

const name = 'authly_remembered'
/** A handle contains single dots only, so this cannot occur within one. */
const separator = '..'
/** Accounts per browser; the one remembered longest ago is dropped. */
const maxAccounts = 5
const day = 86_400

/** The handles in a `Cookie` header that this deployment issued, one per account. Does no I/O. */
export async function readRemembered(
  needs: { readonly root: RootSecret; readonly config: CookieSettings },
  cookieHeader: string | null | undefined,
  now: number,
): Promise<readonly RememberedHandle[]> {
  const handles = readCookie(needs.config, cookieHeader, name)?.split(separator).slice(0, maxAccounts) ?? []
  const accounts = new Map<string, RememberedHandle>()
  for (const handle of handles) {
    const opened = await openHandle<RememberedRouting>(needs.root, 'rd', handle)
    if (!opened || now >= opened.routing.expires_at || accounts.has(opened.routing.user_id)) continue
    accounts.set(opened.routing.user_id, { ...opened, handle })
  }
  return [...accounts.values()]
}

/** What the browser presents for this account; its object knows whether it still counts. */
export function rememberedProofOf(
  handles: readonly RememberedHandle[],
  userId: string,
): RememberedProof | undefined {
  const found = handles.find(({ routing }) => routing.user_id === userId)
  return found && { remembered_id: found.routing.remembered_id, secret_hash: found.secretHash }
}

/** A fresh handle: its proof goes to the person's object, `handle` into the cookie. */
export async function issueRememberedHandle(
  root: RootSecret,
  input: { readonly user_id: string; readonly days: number; readonly now: number },
): Promise<RememberedHandle> {
  const { user_id, days, now } = input
  const routing = { user_id, remembered_id: uuidv7(now), expires_at: now + days * day * 1000 }
  return { ...(await issueHandle(root, 'rd', routing)), routing }
}

/** `Set-Cookie` value: `fresh` in place of the account's old handle, the others stay as long as they last. */
export function setRememberedCookie(
  settings: CookieSettings,
  fresh: RememberedHandle,
  others: readonly RememberedHandle[],
  now: number,
): string {
  const kept = others.filter(({ routing }) => routing.user_id !== fresh.routing.user_id)
  const handles = [fresh, ...kept].slice(0, maxAccounts)
  const last = Math.max(...handles.map(({ routing }) => routing.expires_at))
  const maxAgeSeconds = Math.ceil((last - now) / 1000)
  return writeCookie(settings, name, handles.map(({ handle }) => handle).join(separator), maxAgeSeconds)
}
