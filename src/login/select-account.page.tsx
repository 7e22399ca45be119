/** The account chooser: continue as the user signed in here, or sign in as another. */
import type { FC } from 'hono/jsx'
import type { Client } from '../clients/client.ts'
import { isolated } from '../messages/isolated.ts'
import { ClientLinks } from '../pages/client-links.tsx'
import { shownName } from '../pages/client-name.ts'
import { HiddenFields } from '../pages/form-parts.tsx'
import { OnwardIcon, PersonIcon } from '../pages/icons.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage } from '../pages/page.ts'
import { Avatar } from '../pages/sign-in-parts.tsx'

interface SelectAccountPageProps {
  readonly page: FormPage
  readonly interaction: string
  readonly client: Client | undefined
  /** Of the request. */
  readonly redirectUri: string | undefined
  readonly accountName: string
  /** The session shown to the user and confirmed by the form. */
  readonly sessionId: string
}

export const SelectAccountPage: FC<SelectAccountPageProps> = ({
  page,
  interaction,
  client,
  redirectUri,
  accountName,
  sessionId,
}) => {
  const { messages } = page
  return (
    <Layout page={page} title={messages.selectAccountTitle}>
      <div class="card">
        <h1>{messages.selectAccountTitle}</h1>
        {client && <p class="lead">{messages.signInTo(isolated(shownName(client, redirectUri)))}</p>}
        <form method="post" action="/select-account">
          <HiddenFields page={page} interaction={interaction} />
          <input type="hidden" name="session_id" value={sessionId} />
          <div class="accounts">
            <button type="submit">
              <Avatar name={accountName} />
              <span class="who">{messages.continueAs(isolated(accountName))}</span>
              <OnwardIcon />
            </button>
            <a class="button" href={`/login?interaction=${interaction}&as=another`}>
              <span class="other">
                <PersonIcon />
              </span>
              <span class="who">{messages.useAnotherAccount}</span>
              <OnwardIcon />
            </a>
          </div>
        </form>
        {client && <ClientLinks page={page} client={client} />}
      </div>
    </Layout>
  )
}
