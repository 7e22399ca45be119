/** What a client is answered whose permits are used up (RFC 6585 §4), at the endpoints that authenticate clients. */
import { type OAuthRefusal, refuse } from '../protocol/refusal.ts'

/** @param headers `RateLimit` and `Retry-After` */
export const tooManyRequests = (headers: Readonly<Record<string, string>>): OAuthRefusal =>
  refuse('temporarily_unavailable', 'too many requests', { status: 429, headers })
