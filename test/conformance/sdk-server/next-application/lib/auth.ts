import { createAuthlyNext } from '@authly-server/server/next'

export const { auth, handlers, proxy, requireSignIn } = createAuthlyNext()
