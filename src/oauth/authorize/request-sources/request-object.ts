import type { RequestSource } from './request-source.ts'

/** RFC 9101, OpenID Connect Core §6.1: a JWT that the client has signed. Loaded when there is one. */
export const requestObject: RequestSource = {
  name: 'object',
  isNamedBy: (parameters) => parameters.get('request') !== undefined,
  async resolve(needs, received) {
    const { readRequestObject } = await import('./read-request-object.ts')
    return readRequestObject(needs, received, received.parameters.get('request') ?? '')
  },
}
