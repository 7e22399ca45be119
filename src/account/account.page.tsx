/** A page of an account: its heading, the way to the others, and its sections (`sections/index.ts`). */
import type { Child, FC } from 'hono/jsx'
import { Notice } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage } from '../pages/page.ts'
import { AccountNavigation, type AccountPageId } from './navigation.tsx'

interface AccountPageProps {
  readonly page: FormPage
  readonly current: AccountPageId
  readonly notice?: string | undefined
  readonly hasProblem?: boolean | undefined
  /** Rendered, in their order. */
  readonly sections: readonly Child[]
}

export const AccountPage: FC<AccountPageProps> = ({ page, current, notice, hasProblem, sections }) => {
  const { messages } = page
  const title = current === 'profile' ? messages.accountTitle : messages.accountPages[current]
  return (
    <Layout page={page} title={title} wide hasProblem={hasProblem}>
      <section class="card">
        <div class="row">
          <div>
            <h1>{title}</h1>
          </div>
          <a class="button second" href="/logout">
            {messages.signOutAction}
          </a>
        </div>
        <AccountNavigation page={page} current={current} />
        <Notice message={notice} />
      </section>
      {sections.map((section) => section)}
    </Layout>
  )
}
