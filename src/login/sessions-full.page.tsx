/** Shown when the limit of sessions is reached and the setting refuses more: the way on is to sign out elsewhere. */
import type { FC } from 'hono/jsx'
import type { Client } from '../clients/client.ts'
import { isolated } from '../messages/isolated.ts'
import { ClientLinks } from '../pages/client-links.tsx'
import { shownName } from '../pages/client-name.ts'
import { HiddenFields } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage } from '../pages/page.ts'

interface SessionsFullPageProps {
  readonly page: FormPage
  readonly interaction: string
  readonly client: Client | undefined
  /** Of the request. */
  readonly redirectUri: string | undefined
}

export const SessionsFullPage: FC<SessionsFullPageProps> = ({ page, interaction, client, redirectUri }) => {
  const { messages } = page
  const texts = messages.sessionLimits
  return (
    <Layout page={page} title={texts.title}>
      <div class="card">
        <h1>{texts.title}</h1>
        <p class="lead">{client ? texts.textAt(isolated(shownName(client, redirectUri))) : texts.text}</p>
        <p class="lead">{texts.hint}</p>
        <form method="post" action="/sessions-full">
          <HiddenFields page={page} interaction={interaction} />
          <div class="actions">
            <button type="submit">{texts.action}</button>
            <a class="button second" href="/account">
              {messages.accountTitle}
            </a>
          </div>
        </form>
        {client && <ClientLinks page={page} client={client} />}
      </div>
    </Layout>
  )
}
