/**
 * Messages are sealed while they wait: a copy of an object's storage shows neither addresses nor links nor codes. The
 * seal holds for one message id, so that a content cannot be moved to another row.
 */
import type { RootSecret } from '../kit/root-secret.ts'
import type { MessageContent } from './message.ts'

const purpose = 'message'

export const sealMessage = (
  root: Pick<RootSecret, 'seal'>,
  messageId: string,
  content: MessageContent,
): Promise<string> => root.seal(purpose, JSON.stringify(content), messageId)

/** `undefined` for what no root secret of this deployment opens any more. */
export async function openMessage(
  root: Pick<RootSecret, 'open'>,
  messageId: string,
  sealed: string,
): Promise<MessageContent | undefined> {
  const opened = await root.open(purpose, sealed, messageId)
  return opened === undefined ? undefined : (JSON.parse(opened) as MessageContent)
}
