/** What a signature must cover and say to count: one description for verifier, signer and `Accept-Signature`. */
import { type BareItem, type Item, serializeDictionary } from 'structured-headers'

export interface SignaturePolicy {
  readonly tag: string
  /** Always covered. */
  readonly components: readonly string[]
  /** Covered when the request has a body. */
  readonly bodyComponents: readonly string[]
  /** Headers that change what a request does: nobody on the way may add or change one, so covered if present. */
  readonly presentComponents: readonly string[]
  /** How old a signature may be, in seconds. */
  readonly maxAgeSeconds: number
  /** How far a signer's clock may be ahead of ours, in seconds. */
  readonly clockSkewSeconds: number
}

/**
 * The policy of `/admin`. The target URI holds the authority, so that a signature made for a test system does
 * not count in production; the token is covered, so that it counts for one actor only.
 */
export const adminSignaturePolicy: SignaturePolicy = {
  tag: 'authly-admin',
  components: ['@method', '@target-uri', 'authorization'],
  bodyComponents: ['content-digest', 'content-type'],
  presentComponents: ['idempotency-key', 'if-match'],
  maxAgeSeconds: 60,
  clockSkewSeconds: 5,
}

/** The components that a signature of this very request must cover. */
export function requiredComponents(
  policy: SignaturePolicy,
  headers: Pick<Headers, 'get'>,
  hasBody: boolean,
): readonly string[] {
  const present = policy.presentComponents.filter((name) => headers.get(name) !== null)
  return [...policy.components, ...(hasBody ? policy.bodyComponents : []), ...present]
}

/**
 * The value of `Accept-Signature` (RFC 9421 §5): which signature would have been accepted. Parameters that the
 * client chooses are asked for by name.
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
