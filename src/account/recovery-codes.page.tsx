/** A new set of the person's recovery codes, valid when they say that they have saved it. */
import type { FC } from 'hono/jsx'
import type { DrawnCodes } from '../one-time-passwords/manage-recovery-codes.ts'
import { ErrorSummary, HiddenFields, type Problem } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage } from '../pages/page.ts'
import { RecoveryCodeList } from '../pages/recovery-code-list.tsx'

interface RecoveryCodesPageProps {
  readonly page: FormPage
  readonly drawn: DrawnCodes
  readonly issuer: string
  readonly account: string
  readonly problems: readonly Problem[]
}

export const RecoveryCodesPage: FC<RecoveryCodesPageProps> = (props) => {
  const { page, drawn, issuer, account, problems } = props
  const texts = page.messages.recoveryCodes
  return (
    <Layout page={page} title={texts.title} hasProblem={problems.length > 0}>
      <section class="card">
        <h1>{texts.title}</h1>
        <ErrorSummary page={page} problems={problems} />
        <p>{texts.text}</p>
        <form method="post" action="/account/recovery-codes">
          <HiddenFields page={page} />
          <RecoveryCodeList page={page} drawn={drawn} issuer={issuer} account={account} />
          <div class="actions">
            <button type="submit">{texts.kept}</button>
            <a class="button second" href="/account/security">
              {page.messages.cancel}
            </a>
          </div>
        </form>
      </section>
    </Layout>
  )
}
