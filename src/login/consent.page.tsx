/** The consent page: what an application requests, with the buttons to allow or deny it. */
import type { Child, FC } from 'hono/jsx'
import type { Client } from '../clients/client.ts'
import { isolated } from '../messages/isolated.ts'
import { AdministeredArea } from '../pages/administered-area.tsx'
import { ClientLinks } from '../pages/client-links.tsx'
import { DetailsList } from '../pages/details-list.tsx'
import { HiddenFields } from '../pages/form-parts.tsx'
import { CheckIcon } from '../pages/icons.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage } from '../pages/page.ts'
import { AccountChip } from '../pages/sign-in-parts.tsx'
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
  /** Where somebody else signs in. */
  readonly switchTo: string
  readonly asked: ConsentDescription
  /** Whether the person's roles do not give all that was asked for; wholly: nothing is left to allow. */
  readonly limited: 'partly' | 'wholly' | undefined
}

export const ConsentPage: FC<ConsentPageProps> = ({ page, asked, ...props }) => {
  const { messages } = page
  const client = isolated(props.client?.client_name ?? props.clientId)
  const { administration } = messages
  const isBeyondRoles = props.limited === 'wholly'
  const title = isBeyondRoles ? administration.beyondTitle : messages.consentTitle(client)
  return (
    <Layout page={page} title={title}>
      <div class="card">
        <h1>{title}</h1>
        {props.client?.reviewed === false && (
          <p class="caution">
            {messages.clientNotReviewed(
              isolated(hostOf(props.client) ?? props.returnsTo ?? props.client.client_id),
            )}
          </p>
        )}
        <AccountChip page={page} name={props.accountName} switchTo={props.switchTo} />
        {isBeyondRoles ? <p>{administration.beyond(client)}</p> : <Asked {...{ page, client, asked }} />}
        {props.limited === 'partly' && <p class="quiet">{administration.limited}</p>}
        <form method="post" action="/consent">
          <HiddenFields page={page} interaction={props.interaction} />
          <div class="actions">
            {!isBeyondRoles && (
              <button type="submit" name="decision" value="allow">
                {messages.allow}
              </button>
            )}
            <button type="submit" name="decision" value="deny" class="second">
              {isBeyondRoles ? messages.cancel : messages.deny}
            </button>
          </div>
        </form>
        <div class="fine">
          {props.returnsTo && <p>{messages.consentRedirect(isolated(props.returnsTo))}</p>}
          {props.client && <ClientLinks page={page} client={props.client} />}
        </div>
      </div>
    </Layout>
  )
}

/** Where a client that its document describes lives; of others only the redirect URI shows it. */
const hostOf = ({ origin, client_id }: Client): string | undefined =>
  origin === 'document' ? new URL(client_id).host : undefined

interface AskedProps {
  readonly page: FormPage
  /** Name of the application, isolated. */
  readonly client: string
  readonly asked: ConsentDescription
}

const Asked: FC<AskedProps> = ({ page: { messages }, client, asked }) => (
  <>
    {asked.details.length > 0 && (
      <>
        <p>{messages.consentDetails(client)}</p>
        <DetailsList details={asked.details} />
      </>
    )}
    {asked.scopes.length > 0 && (
      <>
        <p>{messages.consentScopes(client)}</p>
        <AskedList items={asked.scopes} />
      </>
    )}
    {asked.administration.length > 0 && (
      <>
        <p>{messages.administration.title(client)}</p>
        <AskedList items={asked.administration.map((area) => <AdministeredArea {...area} />)} />
      </>
    )}
    {asked.claims.length > 0 && (
      <>
        <p>{messages.consentClaims}</p>
        <AskedList items={asked.claims} />
      </>
    )}
  </>
)

const AskedList: FC<{ readonly items: readonly Child[] }> = ({ items }) => (
  <ul class="asked">
    {items.map((item) => (
      <li>
        <CheckIcon />
        <span>{item}</span>
      </li>
    ))}
  </ul>
)
