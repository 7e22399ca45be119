/** The last question before an account is deleted, and the answer. */
import type { FC } from 'hono/jsx'
import { formatDays } from '../messages/format-time.ts'
import { isolated } from '../messages/isolated.ts'
import { ErrorSummary, Field, HiddenFields, type Problem } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage, Page } from '../pages/page.ts'

interface DeletionPageProps {
  readonly page: FormPage
  /** What the person types to confirm. */
  readonly account: string
  readonly graceDays: number
  readonly problems: readonly Problem[]
}

export const DeletionPage: FC<DeletionPageProps> = ({ page, account, graceDays, problems }) => {
  const { messages, language } = page
  const texts = messages.accountDeletion
  return (
    <Layout page={page} title={texts.title} wide hasProblem={problems.length > 0}>
      <section class="card">
        <h1>{texts.title}</h1>
        <ErrorSummary page={page} problems={problems} />
        <p>{graceDays === 0 ? texts.textAtOnce : texts.text(formatDays(language.tag, graceDays))}</p>
        <div>
          <p>{texts.lost}</p>
          <ul class="dots">
            <li>{texts.lostAccount}</li>
            <li>{texts.lostAccess}</li>
            <li>{texts.lostData}</li>
          </ul>
        </div>
        <p>{texts.signsOut}</p>
        <form method="post" action="/account/delete">
          <HiddenFields page={page} />
          <Field
            name="account"
            label={texts.confirm(isolated(account))}
            type="text"
            autocomplete="off"
            maxlength={400}
            problems={problems}
          />
          <div class="actions">
            <button type="submit" class="danger">
              {texts.action}
            </button>
            <a class="button second" href="/account/data">
              {messages.cancel}
            </a>
          </div>
        </form>
      </section>
    </Layout>
  )
}

/** @param props.time when it is deleted, in words; undefined: at once */
export const DeletionRequestedPage: FC<{ readonly page: Page; readonly time: string | undefined }> = ({
  page,
  time,
}) => {
  const texts = page.messages.accountDeletion
  return (
    <Layout page={page} title={texts.requestedTitle}>
      <section class="card">
        <h1>{texts.requestedTitle}</h1>
        <p>{time === undefined ? texts.requestedAtOnce : texts.requested(time)}</p>
        <div class="actions">
          <a class="button second" href="/login">
            {page.messages.signInAgain}
          </a>
        </div>
      </section>
    </Layout>
  )
}
