/** Bare twin of discovery and JWKS: the least a worker can answer. */
export default {
  fetch: (): Response => new Response('Hello World!'),
}
