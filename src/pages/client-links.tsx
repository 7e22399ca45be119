/** Links to an application's own pages, where a user decides about it. */
import type { FC } from 'hono/jsx'
import type { Client } from '../clients/client.ts'
import { isolated } from '../messages/isolated.ts'
import type { Page } from './page.ts'

interface ClientLinksProps {
  readonly page: Page
  readonly client: Pick<Client, 'client_uri' | 'policy_uri' | 'tos_uri'>
}

/**
 * Website, privacy policy and terms (RFC 7591 §2), each with its host: an application can choose any name, but not
 * any host.
 */
export const ClientLinks: FC<ClientLinksProps> = ({ page: { messages }, client }) => {
  const links = [
    { uri: client.client_uri, label: messages.clientWebsite },
    { uri: client.policy_uri, label: messages.clientPolicy },
    { uri: client.tos_uri, label: messages.clientTerms },
  ].flatMap(({ uri, label }) => (isHttps(uri) ? [{ uri, label }] : []))
  if (links.length === 0) return null
  return (
    <ul class="links">
      {links.map(({ uri, label }) => (
        <li>
          {/* Opens in a new window, because the sign-in continues here. It gets neither our address nor access to this window. */}
          <a href={uri} target="_blank" rel="noopener noreferrer">
            {label(isolated(new URL(uri).host))}
          </a>
        </li>
      ))}
    </ul>
  )
}

const isHttps = (uri: string | undefined): uri is string =>
  uri !== undefined && URL.canParse(uri) && new URL(uri).protocol === 'https:'
