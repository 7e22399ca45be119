/** Idempotent by RFC 9110 §9.2.2; PATCH is not (RFC 5789 §2), and is not repeated even with If-Match. */
const idempotent = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])

/** Whether a call that may have acted can be sent again. */
export const isRepeatable = (method: string, hasIdempotencyKey: boolean): boolean =>
  hasIdempotencyKey || idempotent.has(method)
