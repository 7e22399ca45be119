/**
 * What a signature must cover and contain to be accepted: one description for verifier, signer and
 * `Accept-Signature`.
 */
import { type BareItem, type Item, serializeDictionary } from 'structured-headers'

export interface SignaturePolicy {
  readonly tag: string
  /** Always covered. */
  readonly components: readonly string[]
  /** Covered when the request has a body. */
  readonly bodyComponents: readonly string[]
  /** Covered if present: headers that change what a request does, so that no intermediary can add or change one. */
  readonly presentComponents: readonly string[]
  /** Maximum age of a signature, in seconds. */
  readonly maxAgeSeconds: number
  /** How far a signer's clock may be ahead of ours, in seconds. */
  readonly clockSkewSeconds: number
}

/**
 * The policy of `/admin`. The target URI contains the authority, so that a signature for a test system is not
 * valid in production; the token is covered, so that the signature is valid for one actor only.
 */
export const adminSignaturePolicy: SignaturePolicy = {
  tag: 'authly-admin',
  components: ['@method', '@target-uri', 'authorization'],
  bodyComponents: ['content-digest', 'content-type'],
  presentComponents: ['idempotency-key', 'if-match'],
  maxAgeSeconds: 60,
  clockSkewSeconds: 5,
}

/** The components that a signature of this request must cover. */
export function requiredComponents(
  policy: SignaturePolicy,
  headers: Pick<Headers, 'get'>,
  hasBody: boolean,
): readonly string[] {
  const present = policy.presentComponents.filter((name) => headers.get(name) !== null)
  return [...policy.components, ...(hasBody ? policy.bodyComponents : []), ...present]
}

/**
 * The value of `Accept-Signature` (RFC 9421 §5): which signature would be accepted. Parameters whose value the
 * client chooses are listed by name only.
 */
export function acceptSignature(
  policy: SignaturePolicy,
  headers: Pick<Headers, 'get'>,
  hasBody: boolean,
): string {
  const parameters = new Map<string, BareItem>([
    ['created', true],
    ['nonce', true],
    ['keyid', true],
    ['tag', policy.tag],
  ])
  const covered = requiredComponents(policy, headers, hasBody).map((name): Item => [name, new Map()])
  return serializeDictionary(new Map([['sig', [covered, parameters]]]))
}
