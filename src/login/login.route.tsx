/** All hosted pages of a sign-in. */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from '../dependencies.ts'
import { assetRoutes } from '../pages/assets.route.ts'
import { consentRoutes } from './consent.route.tsx'
import { logoutPageRoutes } from './logout.route.tsx'
import { passwordRoutes } from './password.route.tsx'
import { selectAccountRoutes } from './select-account.route.tsx'
import { setPasswordRoutes } from './set-password.route.tsx'
import { signInRoutes } from './sign-in.route.tsx'

export const loginRoutes = new OpenAPIHono<AppEnv>()
  .route('/', assetRoutes)
  .route('/', signInRoutes)
  .route('/', passwordRoutes)
  .route('/', setPasswordRoutes)
  .route('/', selectAccountRoutes)
  .route('/', consentRoutes)
  .route('/', logoutPageRoutes)
