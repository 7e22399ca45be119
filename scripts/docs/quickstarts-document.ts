/** docs/quickstarts/index.md: all quickstarts, by what their own heads say. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedNotice, table } from './markdown.ts'
import { checks, readQuickstart } from './quickstart.ts'

const prose = {
  intro:
    'Each adds sign-in to an application: register it with one command, write the code, run it, protect an API. Authly runs on your machine meanwhile (`npm start`, [start](../guide/start.md)).',
  ways: [
    '- **executed**: a test does what the page says, step by step, against a running server, and uses the result in a browser. What you copy is what was executed.',
    '- **compiled**: a test compiles the code of the page, and does not run it.',
    '- **text**: written after the documentation of the libraries. Nothing checks it; the page says so too.',
  ].join('\n'),
  packages: [
    '## The packages',
    'The packages `@authly-server/…` are installed from npm. For a version that is not there, such as the one of your clone: `npm run pack:sdk` in Authly’s folder writes them as files, and in your application this takes the place of `npm install @authly-server/…`:',
    '```sh\nnpm install ../authly/dist/sdk/*.tgz\n```',
  ].join('\n\n'),
  others:
    'Another language or framework: any certified OpenID Connect library will do. It needs the issuer, the client’s id, and the secret if there is one; [presets](../presets.md) register the client. Which libraries are tested: [client libraries](../client-libraries.md).',
}

/** @param folder of the quickstarts */
export function quickstartsDocument(folder: string): string {
  const rows = readdirSync(folder)
    .filter((file) => file.endsWith('.md') && file !== 'index.md')
    .map((file) => ({ file, ...readQuickstart(readFileSync(join(folder, file), 'utf8')) }))
    .sort(
      (left, right) =>
        checks.indexOf(left.checked) - checks.indexOf(right.checked) ||
        left.title.localeCompare(right.title, 'en'),
    )
    .map(({ file, title, minutes, checked }) => [`[${title}](${file})`, String(minutes), checked])
  return [
    generatedNotice('the heads of docs/quickstarts/*.md and scripts/docs/quickstarts-document.ts'),
    '# Quickstarts',
    prose.intro,
    table(['For', 'Minutes', 'Checked'], rows),
    prose.ways,
    prose.packages,
    prose.others,
  ].join('\n\n')
}
