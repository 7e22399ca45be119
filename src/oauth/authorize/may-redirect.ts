import type { Interaction } from '../../interaction/interaction.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import type { RedirectTarget } from './redirect-target.ts'

export interface RedirectSituation {
  readonly parameters: Parameters
  /** What the person has begun here, in this browser. */
  readonly interaction: Interaction | undefined
  /** Whether the answer is what a window shows, not a frame in it, as far as the browser says so. */
  readonly fillsWindow?: boolean | undefined
}

/**
 * Whether an error may be sent to the redirect URI without a question (RFC 9700 §4.11.2). Attack: somebody registers an
 * application whose redirect URI is a copy of our pages, and a link to us with a mistake in it, or with `prompt=none`,
 * leads people there at once. So of what nobody reviewed only those go who have acted here; and silent requests in a
 * frame, whose page shows whatever it wants anyway.
 */
export const mayRedirect = (
  { client }: RedirectTarget,
  { parameters, interaction, fillsWindow }: RedirectSituation,
): boolean =>
  client.reviewed ||
  interaction !== undefined ||
  (parameters.get('prompt') === 'none' && fillsWindow !== true)
