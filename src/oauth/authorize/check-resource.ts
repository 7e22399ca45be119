import { err, ok } from '../../kit/result.ts'
import { parseScope } from '../../protocol/scope-parameter.ts'
import { checkResources, isResourceMissing, resourceMissing } from '../resource.ts'
import type { Check } from './check.ts'

/** RFC 8707 §2.1. */
export const checkResource: Check<{ readonly resources: readonly string[] }> = (
  { config },
  { parameters, client },
) => {
  const scopes = parseScope(parameters.get('scope'))
  if (!scopes.ok) return scopes
  const resources = checkResources(parameters, client, config.issuer, scopes.value)
  if (!resources.ok) return resources
  return isResourceMissing(client, resources.value, scopes.value)
    ? err(resourceMissing)
    : ok({ resources: resources.value })
}
