/**
 * What the page after a sign-out loads in frames, so that clients end their sessions in this browser (OpenID Connect
 * Front-Channel Logout 1.0 §2, §3).
 */
import type { FindClient } from '../clients/client.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import type { Participant } from '../sessions/participant-types.ts'
import { sessionIdFor } from '../tokens/subject.ts'

export interface FrontChannelNeeds {
  readonly config: { readonly issuer: string }
  readonly root: RootSecret
  readonly findClient: FindClient
}

/** Absolute addresses, one for each client that has one. A client that cannot be looked up is left out. */
export async function frontChannelFrames(
  needs: FrontChannelNeeds,
  participants: readonly Participant[],
): Promise<readonly string[]> {
  const frames = await Promise.allSettled(participants.map((participant) => frameOf(needs, participant)))
  return frames.flatMap((frame) => (frame.status === 'fulfilled' && frame.value ? [frame.value] : []))
}

async function frameOf(
  { config, root, findClient }: FrontChannelNeeds,
  { client_id, session_id }: Participant,
): Promise<string | undefined> {
  const client = await findClient(client_id)
  if (client?.frontchannel_logout_uri === undefined) return undefined
  const url = new URL(client.frontchannel_logout_uri)
  if (client.frontchannel_logout_session_required) {
    url.searchParams.append('iss', config.issuer)
    url.searchParams.append('sid', await sessionIdFor(root, client_id, session_id))
  }
  return url.href
}

/** What the policy of the page allows: exactly these, once each. */
export const originsOf = (frames: readonly string[]): readonly string[] => [
  ...new Set(frames.map((frame) => new URL(frame).origin)),
]
