/**
 * `GET|POST /logout`: signs out of this server. Only POST signs out, so that a link or an image cannot trigger it
 * (CSRF).
 */
import type { AppEnv } from '../dependencies.ts'
import { readSession } from '../interaction/session-cookie.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { openFormPage, openPage, sendPage } from '../pages/page.ts'
import { readPageForm } from '../pages/page-form.ts'
import { LogoutPage, SignedOutPage } from './logout.page.tsx'
import { showSignedOut } from './show-signed-out.tsx'
import { signOut } from './sign-out.ts'

const path = '/logout'
const tag = 'Sign-in'

export const logoutPageRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showSignOut',
      method: 'get',
      path,
      summary: 'Sign-out page',
      tag,
      responses: { 200: 'The question, or that nobody is signed in' },
    },
    async (c) => {
      const session = await readSession(c.env.deps, c.req.header('cookie'))
      if (!session) {
        const page = await openPage(c)
        return sendPage(c, page, <SignedOutPage page={page} />)
      }
      const page = await openFormPage(c)
      return sendPage(c, page, <LogoutPage page={page} action={path} />)
    },
  )
  .describe(
    {
      id: 'signOut',
      method: 'post',
      path,
      summary: 'Signs out',
      tag,
      responses: {
        200: 'Signed out; clients end their sessions in frames of the page',
        303: 'Signed out',
        ...pageFormRefusals,
      },
    },
    async (c) => {
      const form = await readPageForm(c)
      if (!form.ok) return form.error
      const signedOut = await signOut(c.env.deps, c.req.header('cookie'), c.env.origin)
      // To the address of the page, unless its frames are to be shown now.
      return showSignedOut(c, signedOut, signedOut.frames.length > 0 ? {} : { goOnTo: path })
    },
  )
