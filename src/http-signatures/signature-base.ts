/** The signature base (RFC 9421 §2.5): the text that is signed, rebuilt from the request received. */
import { err, ok, type Result } from '../kit/result.ts'
import type { SignatureFault } from './signature-fault.ts'

/** The parts of a request that can be covered. */
export interface SignedMessage {
  readonly method: string
  /** As addressed by the signer: absolute, without fragment. */
  readonly targetUri: URL
  readonly headers: Pick<Headers, 'get'>
}

/** Derived components (§2.2) of requests, without those that need parameters. */
const derived: Readonly<Record<string, (message: SignedMessage) => string>> = {
  '@method': ({ method }) => method,
  '@target-uri': ({ targetUri }) => `${targetUri.origin}${targetUri.pathname}${targetUri.search}`,
  '@authority': ({ targetUri }) => targetUri.host,
  '@scheme': ({ targetUri }) => targetUri.protocol.slice(0, -1),
  '@request-target': ({ targetUri }) => `${targetUri.pathname}${targetUri.search}`,
  '@path': ({ targetUri }) => targetUri.pathname,
  // §2.2.7: a request without a query has the value `?`.
  '@query': ({ targetUri }) => targetUri.search || '?',
}

/** A line break inside a value would let a header pass for another component's line. */
const lineBreak = /[\r\n]/

/**
 * The text to sign for `components` and the serialized `signatureParams`.
 * @returns `absent_component` for a header missing from the message or an unknown derived component
 */
export function signatureBase(
  message: SignedMessage,
  input: { readonly components: readonly string[]; readonly signatureParams: string },
): Result<string, SignatureFault> {
  const lines: string[] = []
  for (const name of input.components) {
    const value = name.startsWith('@')
      ? Object.hasOwn(derived, name)
        ? derived[name]?.(message)
        : undefined
      : message.headers.get(name)?.trim()
    if (value === undefined || lineBreak.test(value)) return err('absent_component')
    lines.push(`"${name}": ${value}`)
  }
  lines.push(`"@signature-params": ${input.signatureParams}`)
  return ok(lines.join('\n'))
}
