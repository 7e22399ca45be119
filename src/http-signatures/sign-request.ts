/** Signs requests as `verifyRequest` expects: for the command line, for examples and for tests. */
import type { JWK } from 'jose'
import { type BareItem, type Item, serializeDictionary, serializeInnerList } from 'structured-headers'
import { encodeBase64Url } from '../kit/base64url.ts'
import { contentDigest } from './content-digest.ts'
import { algorithmOf, signBytes } from './signature-algorithms.ts'
import { signatureBase } from './signature-base.ts'
import { requiredComponents, type SignaturePolicy } from './signature-policy.ts'

export interface SignOptions {
  /** Private key; its `kid` becomes `keyid`. */
  readonly key: JWK
  readonly policy: SignaturePolicy
  /** Seconds since the Unix epoch. */
  readonly created: number
  /** Single-use; random unless given. */
  readonly nonce?: string
}

export interface RequestToSign {
  readonly method: string
  readonly url: string | URL
  readonly headers: Headers
  readonly body?: Uint8Array<ArrayBuffer> | undefined
}

/**
 * The headers to send: those given, with `Content-Digest` (for a body), `Signature-Input` and `Signature`.
 * @throws TypeError when the key is not suitable, or the request lacks a component that `policy` requires
 */
export async function signRequest(request: RequestToSign, options: SignOptions): Promise<Headers> {
  const headers = new Headers(request.headers)
  if (request.body) headers.set('content-digest', await contentDigest(request.body))
  const { key, policy } = options
  const components = requiredComponents(policy, headers, request.body !== undefined)
  const parameters = new Map<string, BareItem>([
    ['created', options.created],
    ['nonce', options.nonce ?? encodeBase64Url(crypto.getRandomValues(new Uint8Array(16)))],
    ['keyid', key.kid ?? ''],
    ['alg', algorithmOf(key) ?? ''],
    ['tag', policy.tag],
  ])
  const covered = components.map((name): Item => [name, new Map()])
  const signatureParams = serializeInnerList([covered, parameters])
  const message = { method: request.method, targetUri: new URL(request.url), headers }
  const base = signatureBase(message, { components, signatureParams })
  if (!base.ok) throw new TypeError('a component to sign is absent')
  const signature = await signBytes(key, base.value)
  headers.set('signature-input', serializeDictionary(new Map([['sig', [covered, parameters]]])))
  headers.set('signature', serializeDictionary(new Map([['sig', [signature, new Map()]]])))
  return headers
}
