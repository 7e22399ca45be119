/** The variables of a collection: those that samples read from the environment. */
import type { PlannedRequest } from '../plan-requests.ts'
import { variablesOf as variablesOfRequest } from '../samples/javascript.ts'
import { pathVariable } from '../samples/sample-request.ts'

/**
 * `AUTHLY_TOKEN` becomes `token`, `USER_ID` becomes `user_id`. The client of the caller is not the `client_id` that an
 * operation is about.
 */
export const variableName = (environment: string): string =>
  environment
    .replace(/^AUTHLY_CLIENT/, 'service_client')
    .replace(/^AUTHLY_/, '')
    .toLowerCase()

const known: Readonly<Record<string, string>> = {
  issuer: 'http://localhost:8787',
  service_client_id: '',
  service_client_secret: '',
  token: '',
  etag: '*',
}

/** Every variable that the requests use, with a value to start from. */
export function variablesOf(planned: readonly PlannedRequest[]): Readonly<Record<string, string>> {
  const variables: Record<string, string> = { ...known }
  for (const { path, request, operation } of planned) {
    for (const environment of variablesOfRequest(request)) {
      const parameter = operation.parameters?.find(
        ({ name, in: place }) => place === 'path' && pathVariable(path, name) === environment,
      )
      variables[variableName(environment)] ??=
        parameter?.example === undefined ? '' : encodeURIComponent(String(parameter.example))
    }
  }
  return variables
}
