/** The local Upstash gateway, for redis tests; `test/setup/redis.ts` starts it. */
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    upstash: { readonly url: string; readonly token: string }
  }
}

/** Address and token of the gateway that the test run's global setup has started. */
export const testUpstash = () => inject('upstash')
