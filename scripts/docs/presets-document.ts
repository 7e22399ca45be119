/** docs/presets.md: what each preset registers, and what each framework is told. */
import type { ClientMetadata } from '../../src/clients/client-metadata.ts'
import { applyPreset } from '../../src/clients/presets/apply-preset.ts'
import { type Choice, choosePreset } from '../../src/clients/presets/choose-preset.ts'
import { describeSetup } from '../../src/clients/presets/describe-setup.ts'
import { frameworks } from '../../src/clients/presets/frameworks/index.ts'
import { presets } from '../../src/clients/presets/index.ts'
import type { Preset } from '../../src/clients/presets/preset.ts'
import type { PresetName } from '../../src/clients/presets/preset-name.ts'
import { generatedNotice, table } from './markdown.ts'

const example = { client_name: 'Example shop', resources: ['https://api.example.com'] }
const context = {
  ...{ localIssuer: true, allowLoopbackFetch: true, fetchHosts: new Set<string>() },
  apiScopes: ['orders:read'],
}
/** A framework that shows all of a preset's members. */
const shownFramework: Partial<Record<PresetName, string>> = { web: 'nextjs', spa: 'react' }

const prose = {
  intro:
    'A preset is what a client of a common kind is registered with. You name the kind and the framework; the server fills in the members you leave out, and answers with the variables the application needs.',
  command: [
    '```sh',
    'npx authly login --issuer http://localhost:8787',
    'npx authly clients create --preset spa --framework react --write-env .env.local',
    'npx authly clients create --preset web --framework nextjs > .env.local',
    'npx authly clients create --preset machine --client-name Reports --resources http://localhost:8788/api --scope demo:read > .env',
    '```',
  ].join('\n'),
  how: [
    '- **One of the two is enough**: `--framework react` means the preset it is most used for; `--preset spa` alone names no framework. A framework that is not for the preset is refused.',
    '- **What you name wins**: `--redirect-uris https://shop.example/auth/callback` replaces the address of the development server, and sign-out and logout addresses follow it. `--no-first-party`, `--no-dpop-bound-access-tokens` and every other option do the same. In the API, `null` stands for the default that there is without a preset.',
    '- **No rule is weaker**: a preset fills in a form, and [all rules for clients](admin-clients.md#clients) are applied to the result.',
    '- **APIs**: `--resources` names the [resource servers](admin-clients.md#scopes-and-resource-servers) it may ask tokens for. Unless you give `--scope`, their scopes are added to those of the preset; the preset `machine` has none until you name them.',
    '- **Scopes are replaced, not added to**: with `--scope`, name `openid` too, or nobody learns who signed in.',
    '- **Allowed origins** need no setting: pages of any origin may call the endpoints that read no cookies ([endpoints](endpoints.md)).',
    '- **In production** give `--redirect-uris`. Where this server is not on loopback itself, the preset `spa` names none by itself, and registering without is refused.',
  ],
  output: [
    '- The variables go to stdout, everything else to stderr. `--write-env` makes the file, readable by you alone (mode 600); one that exists is added to only when you say so, and a link is refused. `--output json` prints the whole answer.',
    '- The secret is in that answer and nowhere else. `AUTHLY_SESSION_SECRET` is made by the command line: the server never sees it. Names that a build tool lets into the browser (`VITE_…`) never hold a secret.',
    '- `--dry-run` asks the server what it would register, and why it would refuse it.',
    '- In the API: `preset` and `framework` in `POST /admin/clients`, `setup` in its answer; `?dry_run=true` creates nothing.',
  ],
}

/** docs/presets.md */
export function presetsDocument(): string {
  return [
    generatedNotice('src/clients/presets/ and scripts/docs/presets-document.ts'),
    '# Presets',
    prose.intro,
    prose.command,
    table(
      ['Preset', 'For', 'Frameworks'],
      presets.map(({ name, words }) => [
        `[\`${name}\`](#${name})`,
        words,
        frameworks
          .filter(({ uses }) => uses[name])
          .map((one) => `\`${one.name}\``)
          .join(', '),
      ]),
    ),
    prose.how.join('\n'),
    '## What is printed',
    prose.output.join('\n'),
    ...presets.flatMap(sectionOf),
    '## Frameworks',
    'The first preset of a framework is meant where only the framework is named.',
    table(
      ['Framework', 'Preset', 'Redirect URI for development', 'Library', 'File'],
      frameworks.flatMap((framework) =>
        Object.entries(framework.uses).map(([preset, use]) => [
          framework.title === framework.name
            ? `\`${framework.name}\``
            : `\`${framework.name}\` (${framework.title})`,
          `\`${preset}\``,
          redirectsOf(choiceOf(preset, framework.name)),
          use.library,
          `\`${framework.env_file}\``,
        ]),
      ),
    ),
  ].join('\n\n')
}

function choiceOf(preset: string, framework?: string): Choice {
  const chosen = choosePreset({ preset, framework })
  if (!chosen.ok || !chosen.value) throw new Error(`${preset} and ${framework} do not fit`)
  return chosen.value
}

const membersOf = (choice: Choice): ClientMetadata =>
  applyPreset(choice, example, context) as unknown as ClientMetadata

const redirectsOf = (choice: Choice): string =>
  membersOf(choice)
    .redirect_uris.map((uri) => `\`${uri}\``)
    .join(', ')

function sectionOf(preset: Preset): readonly string[] {
  const choice = choiceOf(preset.name, shownFramework[preset.name])
  const { client_name, resources, ...members } = membersOf(choice) as unknown as Record<string, unknown>
  const withReasons = [...new Set([...Object.keys(members), ...Object.keys(preset.reasons)])]
  const shown = choice.framework ? ` --framework ${choice.framework.name}` : ''
  return [
    `## ${preset.name}`,
    `${preset.words}.`,
    table(
      ['Member', 'Value', 'Why'],
      withReasons.map((name) => [
        `\`${name}\``,
        valueText(members[name]),
        preset.reasons[name as keyof ClientMetadata] ?? '',
      ]),
    ),
    `\`npx authly clients create --preset ${preset.name}${shown} --resources https://api.example.com\` prints:`,
    [
      '```sh',
      ...describeSetup(choice, {
        ...{ issuer: 'http://localhost:8787', client_id: 'app-…', client_secret: secretOf(members) },
        metadata: membersOf(choice),
      }).environment.map(({ name, value }) => `${name}=${value ?? '…'}`),
      '```',
    ].join('\n'),
  ]
}

const secretOf = (members: Record<string, unknown>): string | undefined =>
  members['token_endpoint_auth_method'] === 'none' ? undefined : 'authly_cs_…'

const valueText = (value: unknown): string =>
  value === undefined
    ? ''
    : Array.isArray(value)
      ? value.map((one) => `\`${one}\``).join(', ') || 'none'
      : value === ''
        ? 'none'
        : `\`${value}\``
