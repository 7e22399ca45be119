/** The generators whose clients must compile and work. */
import { join } from 'node:path'
import type { Step } from '../../process/run-step.ts'
import { versions } from './versions.ts'

export interface Places {
  /** The OpenAPI document. */
  readonly document: string
  /** Programs written for the generated clients. */
  readonly calls: string
  /** What is downloaded once, outside the target's folder. */
  readonly tools: string
  /** Of this project: Node, and packages that strip types. */
  readonly node: string
}

export interface GeneratorTarget {
  readonly name: string
  /** What its users should know. */
  readonly note?: string
  /** Generates and compiles. */
  make(places: Places): readonly Step[]
  /** Creates an account and finds it again; AUTHLY_ISSUER, AUTHLY_TOKEN and AUTHLY_NAME are in the environment. */
  call(places: Places): Step
}

const npmTool = ({ tools }: Places, name: string): string => join(tools, 'npm/node_modules/.bin', name)
const jarOf = ({ tools }: Places): string =>
  join(tools, `openapi-generator-cli-${versions['openapi-generator']}.jar`)
const python = 'venv/bin/python'
const typeCheck = [
  ...['--noEmit', '--strict', '--target', 'es2024', '--module', 'nodenext', '--skipLibCheck', 'false'],
  ...['--allowImportingTsExtensions', '--types', 'node'],
]

/** A module in TypeScript that calls the client. */
const moduleOf = ({ calls, tools }: Places, name: string): readonly Step[] => [
  ['cp', join(calls, 'package.json'), 'package.json'],
  ['cp', join(calls, name), 'calls.ts'],
  ['ln', '-s', join(tools, 'npm/node_modules'), 'node_modules'],
]

const openapiGenerator = (places: Places, name: string, output: string, ...options: string[]): Step => [
  ...(['java', '-jar', jarOf(places), 'generate', '-i', places.document] as const),
  ...[
    '-g',
    name,
    '-o',
    output,
    '--global-property=apiDocs=false,modelDocs=false,apiTests=false,modelTests=false',
  ],
  ...options,
]

const goModule: readonly Step[] = [
  ['go', 'mod', 'tidy'],
  ['go', 'build', '-o', 'calls', '.'],
]

const virtualEnvironment = (...packages: string[]): readonly Step[] => [
  ['python3', '-m', 'venv', 'venv'],
  [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages],
]

export const generatorTargets: readonly GeneratorTarget[] = [
  {
    name: 'openapi-typescript',
    note: 'with `--default-non-nullable=false`, or members with a default are required in requests',
    make: (places) => [
      [
        ...([npmTool(places, 'openapi-typescript'), '--default-non-nullable=false'] as const),
        ...[places.document, '-o', 'client.d.ts'],
      ],
      ...moduleOf(places, 'openapi-fetch.ts'),
      [npmTool(places, 'tsc'), ...typeCheck, 'calls.ts'],
    ],
    call: ({ node }) => [node, 'calls.ts'],
  },
  {
    name: 'openapi-generator typescript-fetch',
    note: 'the `accessToken` it is given is the whole header, `Bearer …`',
    make: (places) => [
      openapiGenerator(
        places,
        'typescript-fetch',
        'client',
        '--additional-properties=importFileExtension=.ts',
      ),
      ...moduleOf(places, 'typescript-fetch.ts'),
      [npmTool(places, 'tsc'), ...typeCheck, '--lib', 'es2024,dom', 'calls.ts'],
      [
        ...([npmTool(places, 'esbuild'), 'calls.ts', '--bundle', '--platform=node'] as const),
        ...['--format=esm', '--outfile=calls.mjs'],
      ],
    ],
    call: ({ node }) => [node, 'calls.mjs'],
  },
  {
    name: 'openapi-generator go',
    make: (places) => [
      openapiGenerator(places, 'go', 'client', '--additional-properties=withGoMod=false,packageName=client'),
      ['cp', join(places.calls, 'openapi-generator.go'), 'main.go'],
      ['go', 'mod', 'init', 'authly.example/calls'],
      ...goModule,
    ],
    call: () => ['./calls'],
  },
  {
    name: 'oapi-codegen',
    note: 'with `-generate …,skip-prune`, or it removes types that only webhooks have, and then refers to them',
    make: (places) => [
      ['mkdir', 'client'],
      [
        ...([
          join(places.tools, 'oapi-codegen'),
          '-generate',
          'types,client,server,spec,skip-prune',
        ] as const),
        ...['-package', 'client', '-o', 'client/client.go', places.document],
      ],
      ['cp', join(places.calls, 'oapi-codegen.go'), 'main.go'],
      ['go', 'mod', 'init', 'authly.example/calls'],
      ...goModule,
    ],
    call: () => ['./calls'],
  },
  {
    name: 'openapi-generator python',
    note: 'with `--global-property=apis,models,supportingFiles`: what it makes of webhooks is no Python',
    make: (places) => [
      openapiGenerator(places, 'python', 'client', '--global-property=apis,models,supportingFiles'),
      ...virtualEnvironment('./client'),
      [python, '-m', 'compileall', '-q', 'client'],
    ],
    call: ({ calls }) => [python, join(calls, 'openapi_generator.py')],
  },
  {
    name: 'openapi-python-client',
    note: 'uploads take its option `content_type_overrides`, as in `scripts/check/generators/openapi-python-client.yaml`, and are JSON Lines then',
    make: (places) => [
      ...virtualEnvironment(`openapi-python-client==${versions['openapi-python-client']}`),
      [
        ...(['venv/bin/openapi-python-client', 'generate', '--fail-on-warning'] as const),
        ...['--config', join(places.calls, '../openapi-python-client.yaml')],
        ...['--path', places.document, '--output-path', 'client'],
      ],
      [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', './client'],
      [python, '-m', 'compileall', '-q', 'client'],
    ],
    call: ({ calls }) => [python, join(calls, 'openapi_python_client.py')],
  },
  {
    name: 'openapi-generator java',
    make: (places) => [
      openapiGenerator(places, 'java', '.', '--additional-properties=hideGenerationTimestamp=true'),
      ['cp', join(places.calls, 'Calls.java'), 'src/main/java/Calls.java'],
      [
        ...(['mvn', '--batch-mode', '--quiet', '-DskipTests', 'compile'] as const),
        ...['dependency:copy-dependencies', '-DincludeScope=runtime'],
      ],
    ],
    call: () => ['java', '-cp', 'target/classes:target/dependency/*', 'Calls'],
  },
]
