/**
 * Self-routing handles: `authly_<kind>_<sealed routing>.<secret>`. The routing part names the Durable Object and
 * the row. It is encrypted so that it reveals nothing, and authenticated so that a forged handle is refused before
 * any I/O. Only the hash of the secret is stored. Both parts are bound to each other, so a handle that opens was
 * issued as a whole: with half of one (from a truncated log line) an attacker can do nothing, not even trigger
 * reuse detection and have the user signed out. The prefix lets secret scanners find leaked tokens.
 */
import { sha256 } from './hash.ts'
import { randomToken } from './ids.ts'
import type { RootSecret } from './root-secret.ts'

export type HandleKind = 'rt' | 'ss' | 'il' | 'kd' | 'rd' | 'rc' | 'eu' | 'nm'

export interface IssuedHandle {
  /** The handle given to the client. */
  readonly handle: string
  /** The part that is stored. */
  readonly secretHash: string
}

export interface OpenedHandle<Routing> {
  readonly routing: Routing
  readonly secretHash: string
}

const maxHandleLength = 1024

/** Issues a handle with a new 256-bit secret. `routing` must be plain JSON. */
export async function issueHandle(
  root: RootSecret,
  kind: HandleKind,
  routing: object,
): Promise<IssuedHandle> {
  return sealHandle(root, kind, routing, await newHandleSecret())
}

/** For a handle whose routing is known only later, when its hash is stored already. */
export interface HandleSecret {
  readonly secret: string
  readonly secretHash: string
}

export async function newHandleSecret(): Promise<HandleSecret> {
  const secret = randomToken()
  return { secret, secretHash: await sha256(secret) }
}

/** Issues the handle of a secret. `routing` must be plain JSON. */
export async function sealHandle(
  root: RootSecret,
  kind: HandleKind,
  routing: object,
  { secret, secretHash }: HandleSecret,
): Promise<IssuedHandle> {
  const sealed = await root.seal(`handle:${kind}`, JSON.stringify(routing), secretHash)
  return { handle: `authly_${kind}_${sealed}.${secret}`, secretHash }
}

/** Opens a handle of `kind`; `undefined` for anything this deployment did not issue. Does no I/O. */
export async function openHandle<Routing>(
  root: RootSecret,
  kind: HandleKind,
  handle: string,
): Promise<OpenedHandle<Routing> | undefined> {
  const prefix = `authly_${kind}_`
  if (handle.length > maxHandleLength || !handle.startsWith(prefix)) return undefined
  const dot = handle.indexOf('.', prefix.length)
  if (dot < 0) return undefined
  const secretHash = await sha256(handle.slice(dot + 1))
  const routing = await root.open(`handle:${kind}`, handle.slice(prefix.length, dot), secretHash)
  if (routing === undefined) return undefined
  return { routing: JSON.parse(routing) as Routing, secretHash }
}
