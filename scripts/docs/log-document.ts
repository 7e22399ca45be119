/** docs/log.md */
import { logEventWords, logFieldWords } from './log-words.ts'
import { generatedNotice, table } from './markdown.ts'

export function logDocument(): string {
  return [
    generatedNotice('src/kit/log.ts and scripts/docs/log-words.ts'),
    '# Log',
    'The worker writes one line of JSON for each thing an operator must know. [How to read it, how long it is kept, and how it is deleted](deployment.md#reading-the-log).',
    '## Events',
    table(
      ['`event`', '`level`', 'What it means'],
      Object.entries(logEventWords).map(([event, { level, meaning }]) => [
        `\`${event}\``,
        `\`${level}\``,
        meaning,
      ]),
    ),
    '## Fields',
    'A field that does not apply is absent. No field has a query, a form, a header, a cookie or a body, nor a secret, a name or an e-mail address.',
    table(
      ['Field', 'What it is'],
      Object.entries(logFieldWords).map(([field, meaning]) => [`\`${field}\``, meaning]),
    ),
  ].join('\n\n')
}
