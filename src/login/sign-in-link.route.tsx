/** `GET|POST /login/link`: the link of a message that brings a code. Opening it changes nothing; a press signs in. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { renderErrorPage } from '../pages/error-page.tsx'
import { openFormPage, openPage, sendPage } from '../pages/page.ts'
import { readPageForm } from '../pages/page-form.ts'
import { parseParameters } from '../protocol/parameters.ts'
import { takeForm } from './sign-in.route.tsx'
import { CodePage, PressPage } from './sign-in-link.page.tsx'
import { emailCode } from './steps/email-code.step.tsx'
import { isOwnLink, openLink, readResume, type SignInLink, signInLinkPath } from './steps/sign-in-link.ts'
import { loginPath } from './steps/step-form.tsx'

const path = signInLinkPath
const tag = 'Sign-in'
const over = 'The link has been used, has expired, was replaced or is not ours: always the same response'

export const signInLinkRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showSignInLink',
      method: 'get',
      path,
      summary: 'Page of a link that signs in',
      tag,
      responses: { 200: 'One button; in a browser that did not ask for it, the code', 400: over },
    },
    async (c) => {
      const sealed = c.req.query('link')
      const link = await openLink(c.env.deps.root, sealed, c.env.deps.now())
      if (!link || sealed === undefined) return showOver(c)
      if (!(await isOwn(c, link))) return showCode(c, link)
      const page = await openFormPage(c)
      return sendPage(c, page, <PressPage page={page} link={sealed} />)
    },
  )
  .describe(
    {
      id: 'useSignInLink',
      method: 'post',
      path,
      summary: 'Signs in by a link, which can be used once',
      tag,
      responses: {
        200: 'The code, for a browser that did not ask for the link',
        303: 'The next step, or signed in: continues at the application or the account page',
        ...pageFormRefusals,
        400: over,
        429: 'Too many attempts',
      },
    },
    async (c) => {
      const form = await readPageForm(c)
      if (!form.ok) return form.error
      const link = await openLink(c.env.deps.root, form.value.get('link'), c.env.deps.now())
      if (!link) return showOver(c)
      return (await isOwn(c, link)) ? follow(c, link) : showCode(c, link)
    },
  )

const isOwn = (c: Context<AppEnv>, link: SignInLink): Promise<boolean> =>
  isOwnLink(c.env.deps.config, c.req.header('cookie'), link)

/** Types the code of the link into the page that asked for it. */
async function follow(c: Context<AppEnv>, { code_id, code, destination }: SignInLink): Promise<Response> {
  const { destinationOf, now } = c.env.deps
  const resume = await destinationOf(destination).readResume(code_id, now())
  if (resume === undefined) return showOver(c)
  const { sign_in, interaction } = readResume(resume)
  const fields = new URLSearchParams({
    sign_in,
    step: emailCode.id,
    code,
    ...(interaction && { interaction }),
  })
  const form = parseParameters(fields.toString())
  const answer = form.ok ? await takeForm(c, form.value) : undefined
  return answer === undefined || answer.status === 400 ? showOver(c) : answer
}

async function showCode(c: Context<AppEnv>, { code }: SignInLink): Promise<Response> {
  const page = await openPage(c)
  return sendPage(c, page, <CodePage page={page} code={code} />)
}

const showOver = (c: Context<AppEnv>): Promise<Response> =>
  renderErrorPage(c, {
    status: 400,
    title: (messages) => messages.linkInvalidTitle,
    message: (messages) => messages.signInLink.over,
    waysOn: (messages) => [{ href: loginPath({}), label: messages.startAgain }],
  })
