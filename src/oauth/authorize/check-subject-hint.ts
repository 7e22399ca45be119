import type { Client } from '../../clients/client.ts'
import { err, ok } from '../../kit/result.ts'
import { invalidRequest } from '../../protocol/refusal.ts'
import { readIdTokenHint } from '../../tokens/id-token.ts'
import type { Check, CheckNeeds } from './check.ts'

/** `id_token_hint`: the user the client expects, given as an ID token we issued to it, expired or not (§3.1.2.1). */
export const checkSubjectHint: Check<{ readonly hintedSub: string | undefined }> = (
  needs,
  { parameters, client },
) => {
  const hint = parameters.get('id_token_hint')
  return hint === undefined ? ok({ hintedSub: undefined }) : readHint(needs, client, hint)
}

async function readHint({ verifyJwt }: CheckNeeds, client: Client, token: string) {
  const hint = await readIdTokenHint(verifyJwt, token)
  return hint?.clientId === client.client_id
    ? ok({ hintedSub: hint.sub })
    : err(invalidRequest('id_token_hint is not valid'))
}
