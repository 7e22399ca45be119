import { err } from '../../../kit/result.ts'
import { type OAuthRefusal, refuse } from '../../../protocol/refusal.ts'
import type { RequestSource } from './request-source.ts'

/** RFC 9101 §5.2, OpenID Connect Core §6.2: the object is where the client publishes it. */
export const referencedObject: RequestSource = {
  name: 'reference',
  isNamedBy: (parameters) => parameters.get('request_uri') !== undefined,
  async resolve(needs, received) {
    const uri = received.parameters.get('request_uri') ?? ''
    // Attack: this server is made to fetch whatever somebody writes into a link (RFC 9101 §10.4).
    const isRegistered = received.client.request_uris.some((known) => address(known) === address(uri))
    if (!isRegistered) return err({ refusal: invalidUri('request_uri is not registered for this client') })
    const object = await needs.fetchRequestObject(uri)
    if (object === undefined) return err({ refusal: invalidUri('request_uri cannot be fetched') })
    const { readRequestObject } = await import('./read-request-object.ts')
    return readRequestObject(needs, received, object, { isPublished: true })
  },
}

/** OpenID Connect Registration §2: the fragment is the hash of the content, which changes with it. */
const address = (uri: string): string => uri.split('#', 1)[0] as string

const invalidUri = (description: string): OAuthRefusal => refuse('invalid_request_uri', description)
