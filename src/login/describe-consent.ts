/**
 * Describes what a client requests: in the user's language where there is a translation, else as in the scope
 * catalogue.
 */

import type { Language } from '../messages/choose-language.ts'
import { isolated } from '../messages/isolated.ts'
import type { AuthorizationDetail } from '../protocol/authorization-details.ts'
import type { ScopeCatalog } from '../scopes/scope.ts'
import { type AdministeredArea, describeAdministration } from './describe-administration.ts'
import { type DetailDescription, describeDetails } from './describe-details.ts'

export interface ConsentDescription {
  readonly scopes: readonly string[]
  readonly administration: readonly AdministeredArea[]
  readonly claims: readonly string[]
  readonly details: readonly DetailDescription[]
}

/** One line per claim and scope; of the admin API, per area. Names without a description are shown as they are, never hidden. */
export function describeConsent(
  asked: {
    readonly scopes: readonly string[]
    readonly claims: readonly string[]
    readonly authorization_details?: readonly AuthorizationDetail[]
  },
  catalog: ScopeCatalog,
  language: Pick<Language, 'tag' | 'messages'>,
): ConsentDescription {
  const { messages } = language
  const { areas, others } = describeAdministration(asked.scopes, language)
  const descriptions = new Map(catalog.scopes.map(({ name, description }) => [name, description]))
  return {
    scopes: others.map((name) => own(messages.scopes, name) ?? isolated(descriptions.get(name) || name)),
    administration: areas,
    claims: asked.claims.map((name) => own(messages.claims, name) ?? isolated(name)),
    details: describeDetails(asked.authorization_details ?? [], catalog),
  }
}

const own = (texts: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(texts, name) ? texts[name] : undefined
