/** The verification of Standard Webhooks 1.0.0, "Verifying signatures". */
import type { WebhookEvent } from './events.ts'
import { decodeBase64, importPublicKey, importSecret, type VerificationKey } from './keys.ts'
import { type IncomingWebhook, type Message, readMessage } from './read-message.ts'
import { WebhookError } from './webhook-error.ts'

export interface WebhookVerifierOptions {
  /**
   * Shared secrets, `whsec_…`. Several while they are exchanged: one good signature is enough. When `publicKeys` is
   * left out too, both are read from the environment variable `AUTHLY_WEBHOOK_SECRET`, separated by commas.
   */
  readonly secrets?: readonly string[]
  /** Public keys, `whpk_…`. */
  readonly publicKeys?: readonly string[]
  /** How far the time of the attempt may be from now, in both directions. Default: 300. */
  readonly toleranceSeconds?: number
  /** Default: 65,536. Authly sends at most 20,000. */
  readonly maxBodyBytes?: number
  /**
   * Whether the event of this id was handled before; asked only about webhooks that are genuine. Events come more than
   * once: when an answer is lost, when somebody replays them. Remember ids where the event is handled, in the same
   * transaction: an id that is remembered before is lost when handling it fails.
   */
  readonly seen?: (id: string) => boolean | Promise<boolean>
  /** Milliseconds since the Unix epoch. Default: `Date.now`. */
  readonly now?: () => number
}

/** @throws WebhookError */
export type VerifyWebhook = (incoming: Request | IncomingWebhook) => Promise<WebhookEvent>

/** Signatures beyond that are not looked at: each costs the receiver some time, and anyone may send them. */
const maxSignatures = 16

/** By version: exactly 32 and 64 bytes in base64. */
const encodings = { v1: /^[A-Za-z0-9+/]{43}=$/, v1a: /^[A-Za-z0-9+/]{86}==$/ }

/**
 * @returns a function that verifies a request and returns its event. A version later than this package may send types
 * that `WebhookEvent` does not have: ignore what you do not know.
 * @throws TypeError when there is no key, or one that is none
 */
export function createWebhookVerifier(options: WebhookVerifierOptions = {}): VerifyWebhook {
  const { toleranceSeconds = 300, maxBodyBytes = 65_536, now = Date.now, seen } = options
  const { secrets, publicKeys } = keysOf(options)
  if (!(toleranceSeconds >= 0)) throw new TypeError('toleranceSeconds must be a number of seconds')
  const imported = Promise.all([...secrets.map(importSecret), ...publicKeys.map(importPublicKey)])
  // Reported by the first verification, not as an unhandled rejection.
  imported.catch(() => undefined)

  return async (incoming) => {
    const keys = await imported
    const message = await readMessage(incoming, maxBodyBytes)
    checkTime(Number(message.timestamp), now() / 1000, toleranceSeconds)
    if (!(await isGenuine(message, keys))) {
      throw new WebhookError('invalid_signature', 'no signature is good')
    }
    const event = parse(message.body)
    if (await seen?.(message.id)) throw new WebhookError('replayed', 'this event was handled before')
    return event
  }
}

function keysOf({ secrets, publicKeys }: WebhookVerifierOptions) {
  const fromEnvironment = secrets === undefined && publicKeys === undefined ? environmentKeys() : []
  const keys = {
    secrets: secrets ?? fromEnvironment.filter((key) => !key.startsWith('whpk_')),
    publicKeys: publicKeys ?? fromEnvironment.filter((key) => key.startsWith('whpk_')),
  }
  if (keys.secrets.length + keys.publicKeys.length === 0) {
    throw new TypeError('a verifier needs secrets, publicKeys or AUTHLY_WEBHOOK_SECRET')
  }
  return keys
}

function environmentKeys(): readonly string[] {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  const text = process?.env?.['AUTHLY_WEBHOOK_SECRET'] ?? ''
  return text
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '')
}

/** Attack: a webhook that was recorded is sent again later. */
function checkTime(timestamp: number, now: number, tolerance: number): void {
  if (now - timestamp > tolerance) throw new WebhookError('too_old', 'the attempt was made too long ago')
  if (timestamp - now > tolerance) throw new WebhookError('too_new', 'the attempt is in the future')
}

/** Each signature with the keys of its version: one version never stands in for the other. */
async function isGenuine({ id, timestamp, signatures, body }: Message, keys: readonly VerificationKey[]) {
  const prefix = new TextEncoder().encode(`${id}.${timestamp}.`)
  const content = new Uint8Array(prefix.length + body.length)
  content.set(prefix)
  content.set(body, prefix.length)
  for (const signature of signatures.split(' ').slice(0, maxSignatures)) {
    const [version, encoded = '', ...more] = signature.split(',')
    if ((version !== 'v1' && version !== 'v1a') || more.length > 0 || !encodings[version].test(encoded))
      continue
    for (const key of keys) {
      if (key.version === version && (await key.verify(decodeBase64(encoded), content))) return true
    }
  }
  return false
}

function parse(body: Uint8Array<ArrayBuffer>): WebhookEvent {
  let event: unknown
  try {
    event = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body))
  } catch {
    throw new WebhookError('invalid_body', 'the body is no JSON')
  }
  if (!isEvent(event)) throw new WebhookError('invalid_body', 'the body has no type or no data')
  return event
}

const isEvent = (value: unknown): value is WebhookEvent => {
  if (typeof value !== 'object' || value === null) return false
  const { type, data } = value as { type?: unknown; data?: unknown }
  return typeof type === 'string' && typeof data === 'object' && data !== null
}
