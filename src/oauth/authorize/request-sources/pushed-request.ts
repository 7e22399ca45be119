/**
 * A pushed request (RFC 9126) is kept in its own handle: sealed, so that it can be neither read nor made up, and bound
 * to its client. Pushing stores nothing, and opening it asks nobody.
 */
import { err, ok } from '../../../kit/result.ts'
import type { RootSecret } from '../../../kit/root-secret.ts'
import { parseParameters } from '../../../protocol/parameters.ts'
import { type OAuthRefusal, refuse } from '../../../protocol/refusal.ts'
import type { Provenance } from '../../../protocol/request-provenance.ts'
import type { RequestSource } from './request-source.ts'

/** RFC 9126 §2.2: 5 to 600 seconds. Time to get from the application to this server, not to sign in. */
export const pushedRequestTtlSeconds = 300

const prefix = 'urn:ietf:params:oauth:request_uri:'
const purpose = 'pushed-request'
/** Longer than what the longest accepted request seals to. */
const maxHandleLength = 12_000

export interface PushedRequest {
  /** `application/x-www-form-urlencoded` */
  readonly parameters: string
  readonly provenance: Provenance
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
}

/** The `request_uri` of a request that `clientId` has pushed. */
export const sealPushedRequest = async (
  root: RootSecret,
  clientId: string,
  pushed: PushedRequest,
): Promise<string> => prefix + (await root.seal(purpose, JSON.stringify(pushed), clientId))

export const pushedRequest: RequestSource = {
  name: 'pushed',
  isNamedBy: (parameters) => parameters.get('request_uri')?.startsWith(prefix) === true,
  /** RFC 9101 §6.3, RFC 9126 §4: nothing else that came along counts. */
  async resolve({ root, now }, { parameters: received, client }) {
    const handle = (received.get('request_uri') ?? '').slice(prefix.length)
    if (handle.length > maxHandleLength) return err({ refusal: unknownHandle('too long') })
    // Attack: another client's request is continued in one's own name (RFC 9126 §2.2: bound to the client).
    const json = await root.open(purpose, handle, client.client_id)
    if (json === undefined) return err({ refusal: unknownHandle('not opened') })
    const pushed = JSON.parse(json) as PushedRequest
    if (pushed.expires_at <= now()) return err({ refusal: unknownHandle('expired') })
    const parameters = parseParameters(pushed.parameters)
    return parameters.ok
      ? ok({ parameters: parameters.value, provenance: pushed.provenance })
      : err({ refusal: unknownHandle(parameters.error) })
  },
}

/** Forged, foreign, expired and used ones look the same. */
export const unknownHandle = (detail: string): OAuthRefusal =>
  refuse('invalid_request_uri', 'request_uri is not valid any more', {
    message: (messages) => messages.signInUnreadable,
    detail,
  })
