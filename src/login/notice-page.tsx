/** The pages that links of notices lead to: one press, and what it did. Nothing of the account is on them. */
import type { FC } from 'hono/jsx'
import { HiddenFields } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage, Page } from '../pages/page.ts'

interface PressProps {
  readonly page: FormPage
  readonly title: string
  readonly text: string
  readonly action: string
  /** Of the form. */
  readonly path: string
  readonly link: string
}

export const NoticePress: FC<PressProps> = ({ page, title, text, action, path, link }) => (
  <Layout page={page} title={title}>
    <div class="card">
      <h1>{title}</h1>
      <p class="lead">{text}</p>
      <form method="post" action={path}>
        <HiddenFields page={page} />
        <input type="hidden" name="link" value={link} />
        <div class="actions">
          <button type="submit">{action}</button>
        </div>
      </form>
    </div>
  </Layout>
)

interface DoneProps {
  readonly page: Page
  readonly title: string
  readonly text: string
  readonly wayOn: { readonly href: string; readonly label: string }
}

export const NoticeDone: FC<DoneProps> = ({ page, title, text, wayOn }) => (
  <Layout page={page} title={title}>
    <div class="card">
      <h1>{title}</h1>
      <p class="lead">{text}</p>
      <div class="actions">
        <a class="button" href={wayOn.href}>
          {wayOn.label}
        </a>
      </div>
    </div>
  </Layout>
)
