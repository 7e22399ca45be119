/** Fills in what a registration leaves out. What it names wins, `null` included. */
import { checkAddress, type FetchRules } from '../../kit/guarded-fetch.ts'
import type { Given } from '../client-metadata.ts'
import type { Choice } from './choose-preset.ts'

export interface PresetContext extends FetchRules {
  readonly localIssuer: boolean
  /** Scopes of the APIs that were named. */
  readonly apiScopes: readonly string[]
}

export function applyPreset<G extends Given & { readonly client_name: string }>(
  choice: Choice,
  given: G,
  context: PresetContext,
): G {
  const members = choice.preset.members({
    ...{ client_name: given.client_name, use: choice.use, origins: originsOf(choice, given) },
    ...{ localIssuer: context.localIssuer, apiScopes: context.apiScopes },
    hasRedirectUris: hasRedirectUris(given),
    mayFetch: (address) => checkAddress(address, context).ok,
  })
  const named = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return { ...members, ...named } as unknown as G
}

const hasRedirectUris = ({ redirect_uris }: Given): boolean => (redirect_uris?.length ?? 0) > 0

/** Origins of the application, that of its development server if it names no redirect URIs. */
export function originsOf({ preset, framework }: Choice, given: Given): readonly string[] {
  if (hasRedirectUris(given)) {
    const urls = (given.redirect_uris ?? []).filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri))
    return [...new Set(urls.filter(({ protocol }) => /^https?:$/.test(protocol)).map(({ origin }) => origin))]
  }
  const port = preset.port === undefined ? undefined : (framework?.port ?? preset.port)
  return port === undefined ? [] : [`http://localhost:${port}`]
}
