/** The text of an e-mail: what its HTML says, for programs and people that prefer it. */
import type { EmailParts, MessageContext } from './messages/define-message.ts'

/** Direction marks keep a name in its place on a page; in plain text many programs show them as boxes. */
const isolates = /[\u2066-\u2069]/g

export function renderText(
  { title, paragraphs, action, code, notes }: EmailParts,
  { service, host }: MessageContext,
): string {
  const blocks = [
    title,
    ...paragraphs,
    // Alone on its line: programs make it a link, and nothing sticks to its end.
    ...(action === undefined ? [] : [`${action.label}:\n${action.url}`]),
    ...(code === undefined ? [] : [code]),
    ...notes,
    `-- \n${service}\n${host}`,
  ]
  return `${blocks.join('\n\n').replace(isolates, '')}\n`
}
