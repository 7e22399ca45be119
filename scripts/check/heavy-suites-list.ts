/** The suites that take minutes, and what each of them is about: a change there makes CI run it again. */
export interface HeavySuite {
  /** Also of its report, see `scripts/test-report.ts`. */
  readonly name: string
  readonly what: string
  /** About, on the machine of CI. */
  readonly minutes: number
  /** Files and folders, from the root of the project. */
  readonly covers: readonly string[]
  /** A Node script with its arguments; leaves a report. */
  readonly command: readonly string[]
}

export const heavySuites: readonly HeavySuite[] = [
  {
    name: 'generators',
    minutes: 4,
    what: 'clients made of the OpenAPI document by seven generators compile and call; two linters read it',
    covers: [
      'public/openapi.json',
      'public/openapi-3.0.json',
      'scripts/check/generators',
      'scripts/toolchains',
    ],
    command: ['scripts/check/generators/check-generators.ts'],
  },
  {
    name: 'traces',
    minutes: 5,
    what: 'a code flow as a real OpenTelemetry Collector receives it',
    covers: [
      ...[
        'src/telemetry',
        'src/kit/trace-context.ts',
        'src/kit/request-context.ts',
        'src/start-telemetry.ts',
      ],
      ...['src/worker.ts', 'src/db/database.ts', 'src/audit/outbox.ts', 'src/oauth/token.ts', 'src/jobs'],
      ...['test/traces', 'wrangler.toml'],
    ],
    command: ['scripts/run-tests.ts', 'traces'],
  },
  {
    name: 'ops',
    minutes: 11,
    what: 'Prometheus evaluates every panel, rule and alert over a server in use; each seeded fault raises only its own',
    covers: [
      ...['scripts/ops', 'src/metrics', 'src/telemetry', 'src/cron', 'src/audit/outbox.ts', 'src/evidence'],
      ...['src/health', 'src/oauth/token.ts', 'docs/runbooks', 'test/ops', 'wrangler.toml'],
    ],
    command: ['scripts/run-tests.ts', 'ops'],
  },
  {
    name: 'hosted-pages',
    minutes: 6,
    what: 'wapiti attacks the hosted pages, as a stranger and signed in',
    covers: [
      ...['src/account', 'src/interaction', 'src/login', 'src/pages', 'src/oauth/authorize', 'src/oidc'],
      ...['src/kit/security-headers.ts', 'src/kit/csrf.ts', 'src/kit/cookies.ts', 'scripts/security'],
    ],
    command: ['scripts/check/security.ts', 'wapiti'],
  },
  {
    name: 'quickstarts',
    minutes: 7,
    what: 'what a reader of each quickstart does gives an application that people sign in to, and an API that is protected',
    covers: [
      ...[
        'docs/quickstarts',
        'scripts/docs/quickstart.ts',
        'src/clients/presets',
        'cli/commands',
        'test/quickstarts',
      ],
      // Without what is built beside it.
      ...['api', 'browser', 'core', 'react', 'server'].flatMap((name) => [
        `sdk/js/${name}/src`,
        `sdk/js/${name}/package.json`,
      ]),
    ],
    command: ['scripts/run-tests.ts', 'quickstarts'],
  },
]
