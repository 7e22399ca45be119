/** The account page: who is signed in, and the sections of `sections/index.ts`. */
import type { Child, FC } from 'hono/jsx'
import { Notice } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage } from '../pages/page.ts'
import type { User } from '../users/user.ts'
import { Profile } from './profile.tsx'

interface AccountPageProps {
  readonly page: FormPage
  readonly user: User | undefined
  readonly notice: string | undefined
  /** Rendered, in their order. */
  readonly sections: readonly Child[]
}

export const AccountPage: FC<AccountPageProps> = ({ page, user, notice, sections }) => {
  const { messages } = page
  return (
    <Layout page={page} title={messages.accountTitle} wide>
      <section class="card">
        <div class="row">
          <div>
            <h1>{messages.accountTitle}</h1>
          </div>
          <a class="button second" href="/logout">
            {messages.signOutAction}
          </a>
        </div>
        <Notice message={notice} />
        <Profile page={page} user={user} />
      </section>
      {sections.map((section) => section)}
    </Layout>
  )
}
