/** Builds the clients once, with their libraries from the registries of their languages, and keeps them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runStep } from '../../../scripts/process/run-step.ts'
import { projectRoot } from '../../../scripts/stack/worker-bundle.ts'
import { pathWithGo } from '../../../scripts/toolchains/go.ts'
import { installOnce } from '../../../scripts/toolchains/install-once.ts'
import type { Program } from './program.ts'

/** The first time everything is downloaded. */
export const installTimeoutMs = 300_000

const built = join(projectRoot, '.authly/clients')
const sources = (language: string) => join(import.meta.dirname, language)
const contents = (language: string, ...names: string[]) =>
  names.map((name) => readFileSync(join(sources(language), name), 'utf8')).join('\n')

/** golang.org/x/oauth2 with coreos/go-oidc. */
export async function goClient(): Promise<Program> {
  const program = join(built, 'go-client')
  // Go itself keeps what it has compiled.
  await runStep(['go', 'build', '-buildvcs=false', '-o', program, '.'], sources('go'), {
    PATH: await pathWithGo(),
  })
  return { command: [program] }
}

/** Authlib and requests-oauth2client, in one virtual environment; by the name of the module that uses them. */
export async function pythonClients(): Promise<(module: string) => Program> {
  const venv = join(built, 'python')
  await installOnce(built, 'python', contents('python', 'requirements.txt'), async () => {
    await runStep(['python3', '-m', 'venv', '--clear', venv], built)
    const requirements = join(sources('python'), 'requirements.txt')
    const pip = [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--requirement',
      requirements,
    ]
    await runStep([join(venv, 'bin/pip'), ...pip], built)
  })
  return (module) => ({
    command: [join(venv, 'bin/python'), join(sources('python'), `${module}.py`)],
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  })
}

/** Nimbus' OAuth 2.0 SDK with OpenID Connect extensions. */
export async function javaClient(): Promise<Program> {
  const [libraries, classes] = [join(built, 'java/lib'), join(built, 'java/classes')]
  const files = ['Client.java', 'ClientCertificate.java', 'Conversation.java']
  await installOnce(built, 'java-libraries', contents('java', 'pom.xml'), () =>
    runStep(
      [
        ...(['mvn', '--batch-mode', '--quiet'] as const),
        'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies',
        ...['-DincludeScope=runtime', `-DoutputDirectory=${libraries}`],
      ],
      sources('java'),
    ),
  )
  await installOnce(built, 'java', contents('java', 'pom.xml', ...files), () =>
    runStep(
      ['javac', '-Xlint:all', '-Werror', '-cp', `${libraries}/*`, '-d', classes, ...files],
      sources('java'),
    ),
  )
  return { command: ['java', '-XX:TieredStopAtLevel=1', '-cp', `${classes}:${libraries}/*`, 'Client'] }
}
