/** All descriptions, by operationId. */
import type { Json } from '../openapi-types.ts'
import type { RouteWords } from '../route-words.ts'
import { accountWords } from './account.ts'
import { healthWords } from './health.ts'
import { oauthWords } from './oauth.ts'
import { discoveryWords, oidcWords } from './oidc.ts'
import { pageWords } from './pages.ts'
import { recoveryWords } from './recovery.ts'
import { registrationWords } from './registration.ts'

/** @param metadata the answer of discovery */
export const routeWords = (metadata: Json): Readonly<Record<string, RouteWords>> => ({
  ...discoveryWords(metadata),
  ...oauthWords,
  ...registrationWords,
  ...oidcWords,
  ...healthWords,
  ...pageWords,
  ...accountWords,
  ...recoveryWords,
})
