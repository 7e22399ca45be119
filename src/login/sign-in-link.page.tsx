/** The pages of a link that signs in: one press where it was asked for, the code to type elsewhere. */
import type { FC } from 'hono/jsx'
import { HiddenFields } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage, Page } from '../pages/page.ts'
import { signInLinkPath } from './steps/sign-in-link.ts'

/** Nothing of the account is on it: whoever the message was forwarded to sees no more. */
export const PressPage: FC<{ readonly page: FormPage; readonly link: string }> = ({ page, link }) => {
  const { messages } = page
  return (
    <Layout page={page} title={messages.signInLink.title}>
      <div class="card">
        <h1>{messages.signInLink.title}</h1>
        <p class="lead">{messages.signInLink.press}</p>
        <form method="post" action={signInLinkPath}>
          <HiddenFields page={page} />
          <input type="hidden" name="link" value={link} />
          <div class="actions">
            <button type="submit">{messages.signInAction}</button>
          </div>
        </form>
      </div>
    </Layout>
  )
}

export const CodePage: FC<{ readonly page: Page; readonly code: string }> = ({ page, code }) => {
  const { signInLink } = page.messages
  return (
    <Layout page={page} title={signInLink.elsewhereTitle}>
      <div class="card">
        <h1>{signInLink.elsewhereTitle}</h1>
        <p class="lead">{signInLink.elsewhere}</p>
        <ol class="codes one" dir="ltr">
          <li>
            <code>{code}</code>
          </li>
        </ol>
        <p class="fine">{signInLink.notMine}</p>
      </div>
    </Layout>
  )
}
