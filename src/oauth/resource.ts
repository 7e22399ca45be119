/** The `resource` parameter (RFC 8707): which APIs a token is for. */
import type { Client } from '../clients/client.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { Parameters } from './parameters.ts'
import { type OAuthRefusal, refuse } from './refusal.ts'

const maxResources = 8

/** Resources asked for; each must be registered for the client, character by character. */
export function checkResources(
  parameters: Parameters,
  client: Client,
): Result<readonly string[], OAuthRefusal> {
  const resources = [...new Set(parameters.all('resource'))]
  if (resources.length > maxResources || resources.some((resource) => !client.resources.includes(resource))) {
    return err(refuse('invalid_target', 'resource is not one this client may ask for'))
  }
  return ok(resources)
}
