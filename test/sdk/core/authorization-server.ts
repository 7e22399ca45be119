/** An authorization server as a function, for what this package asks of one. */
import type { Fetch, ServerMetadata } from '@authly-server/core'

export const issuer = 'https://auth.example'

export const metadata: ServerMetadata = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  revocation_endpoint: `${issuer}/revoke`,
  end_session_endpoint: `${issuer}/logout`,
  authorization_response_iss_parameter_supported: true,
}

export const json = (value: unknown, init: ResponseInit = {}): Response => Response.json(value, init)

/** Answers one request after the other, and keeps what was asked. */
export function answering(...answers: (Response | Error)[]): { fetch: Fetch; requests: Request[] } {
  const requests: Request[] = []
  return {
    requests,
    fetch: async (request) => {
      requests.push(request)
      const answer = answers[requests.length - 1]
      if (answer === undefined) throw new Error('one request more than expected')
      if (answer instanceof Error) throw answer
      return answer
    },
  }
}
