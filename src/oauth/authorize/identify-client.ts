/** Which client an authorization request says it comes from. */
import type { Client, FindClient } from '../../clients/client.ts'
import { isAddress } from '../../clients/find-client.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { Messages } from '../../messages/en.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import { invalidRequest, type OAuthRefusal, refuse } from '../../protocol/refusal.ts'

/** Longer than any URL that Workers accept. */
const maxReceivedLength = 16_384

/** The client that `client_id` names. It must stand outside of what a request refers to (RFC 9101 §5). */
export async function identifyClient(
  needs: { readonly findClient: FindClient },
  parameters: Parameters,
): Promise<Result<Client, OAuthRefusal>> {
  if (parameters.encoded.length > maxReceivedLength) return err(invalidRequest('the request is too long'))
  const repeated = firstRepeated(parameters, ['client_id', 'request', 'request_uri'])
  if (repeated) return err(repeated)
  const clientId = parameters.get('client_id')
  if (clientId === undefined) {
    const message = (messages: Messages) => messages.clientMissing
    return err(refuse('invalid_request', 'client_id is missing', { message }))
  }
  const client = await needs.findClient(clientId)
  if (client) return ok(client)
  // Attack: the answer tells what this server could reach. All that may be wrong with a document looks the same.
  const message = (messages: Messages) =>
    isAddress(clientId) ? messages.clientDocumentUnusable : messages.clientUnknown
  return err(refuse('invalid_client', 'client_id is not known', { message }))
}

/** RFC 6749 §3.1. */
export function firstRepeated(parameters: Parameters, names: readonly string[]): OAuthRefusal | undefined {
  const name = names.find((each) => parameters.duplicates.has(each))
  if (name === undefined) return undefined
  const message = (messages: Messages) => messages.parameterRepeated(name)
  return refuse('invalid_request', `${name} is sent more than once`, { message })
}
