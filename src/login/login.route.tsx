/** The hosted sign-in pages. */
import type { AppEnv } from '../dependencies.ts'
import type { DescribedRoutes } from '../kit/describe-route.ts'
import { assetRoutes } from '../pages/assets.route.ts'
import { languageRoutes } from '../pages/language.route.ts'
import { consentRoutes } from './consent.route.tsx'
import { logoutPageRoutes } from './logout.route.tsx'
import { noticeLinkRoutes } from './notice-links.route.tsx'
import { passwordRoutes } from './password.route.tsx'
import { selectAccountRoutes } from './select-account.route.tsx'
import { sessionsFullRoutes } from './sessions-full.route.tsx'
import { setPasswordRoutes } from './set-password.route.tsx'
import { signInRoutes } from './sign-in.route.tsx'
import { signInLinkRoutes } from './sign-in-link.route.tsx'

export const loginRoutes: readonly DescribedRoutes<AppEnv>[] = [
  assetRoutes,
  languageRoutes,
  signInRoutes,
  signInLinkRoutes,
  passwordRoutes,
  setPasswordRoutes,
  noticeLinkRoutes,
  selectAccountRoutes,
  sessionsFullRoutes,
  consentRoutes,
  logoutPageRoutes,
]
