/**
 * The session cookie: a self-routing handle, so that a forged one is refused without any I/O and a genuine one
 * names the user's object. Only that object knows whether the session is still live.
 */
import { BoundedMap } from '../kit/bounded-map.ts'
import { type CookieSettings, readCookie, writeCookie } from '../kit/cookies.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { type IssuedHandle, issueHandle, type OpenedHandle, openHandle } from '../kit/sealed-handle.ts'

export interface SessionRouting {
  readonly user_id: string
  readonly session_id: string
}

const name = 'authly_session'

/** Handles this isolate has opened before: a browser sends the same one with every request. */
const openedHandles = new WeakMap<RootSecret, BoundedMap<string, OpenedHandle<SessionRouting>>>()
const maxOpenedHandles = 2000

/** The opened session handle of a `Cookie` header. Does no I/O: `checkSession` shows whether the session is live. */
export async function readSession(
  needs: { readonly root: RootSecret; readonly config: CookieSettings },
  cookieHeader: string | null | undefined,
): Promise<OpenedHandle<SessionRouting> | undefined> {
  const handle = readCookie(needs.config, cookieHeader, name)
  if (handle === undefined) return undefined
  let known = openedHandles.get(needs.root)
  if (!known) {
    known = new BoundedMap(maxOpenedHandles)
    openedHandles.set(needs.root, known)
  }
  const remembered = known.get(handle)
  if (remembered) return remembered
  const opened = await openHandle<SessionRouting>(needs.root, 'ss', handle)
  if (opened) known.set(handle, opened)
  return opened
}

/** A fresh handle for a new session; `secretHash` goes to `recordLogin`, `handle` into the cookie. */
export const issueSessionHandle = (root: RootSecret, routing: SessionRouting): Promise<IssuedHandle> =>
  issueHandle(root, 'ss', routing)

/** `Set-Cookie` value. @param maxAgeSeconds the session's absolute lifetime */
export const setSessionCookie = (settings: CookieSettings, handle: string, maxAgeSeconds: number): string =>
  writeCookie(settings, name, handle, maxAgeSeconds)

/** `Set-Cookie` value that removes the session cookie. */
export const clearSessionCookie = (settings: CookieSettings): string => writeCookie(settings, name, '', 0)
