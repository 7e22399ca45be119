/** The consent page: what an application requests, with the buttons to allow or deny it. */
import type { FC } from 'hono/jsx'
import type { Client } from '../clients/client.ts'
import { isolated } from '../messages/isolated.ts'
import { ClientLinks } from '../pages/client-links.tsx'
import { HiddenFields } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage } from '../pages/page.ts'
import type { ConsentDescription } from './describe-consent.ts'

interface ConsentPageProps {
  readonly page: FormPage
  readonly interaction: string
  /** The requesting application; `undefined` when it is unknown, then its id is shown. */
  readonly client: Client | undefined
  readonly clientId: string
  /** Host of the redirect URI. Shown because an application can choose any name, but not any host. */
  readonly returnsTo: string | undefined
  readonly accountName: string
  readonly asked: ConsentDescription
}

export const ConsentPage: FC<ConsentPageProps> = ({ page, asked, ...props }) => {
  const { messages } = page
  const client = isolated(props.client?.client_name ?? props.clientId)
  const title = messages.consentTitle(client)
  return (
    <Layout page={page} title={title}>
      <div class="card">
        <h1>{title}</h1>
        <p class="lead">{messages.signedInAs(isolated(props.accountName))}</p>
        <p>{messages.consentScopes(client)}</p>
        <ul class="asked">
          {asked.scopes.map((scope) => (
            <li>{scope}</li>
          ))}
        </ul>
        {asked.claims.length > 0 && (
          <>
            <p>{messages.consentClaims}</p>
            <ul class="asked">
              {asked.claims.map((claim) => (
                <li>{claim}</li>
              ))}
            </ul>
          </>
        )}
        {props.client && <ClientLinks page={page} client={props.client} />}
        {props.returnsTo && <p class="quiet">{messages.consentRedirect(isolated(props.returnsTo))}</p>}
        <form method="post" action="/consent">
          <HiddenFields page={page} interaction={props.interaction} />
          <div class="actions">
            <button type="submit" name="decision" value="allow">
              {messages.allow}
            </button>
            <button type="submit" name="decision" value="deny" class="second">
              {messages.deny}
            </button>
          </div>
        </form>
      </div>
    </Layout>
  )
}
