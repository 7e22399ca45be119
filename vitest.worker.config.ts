import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { browserScriptsInTests } from './scripts/stack/browser-script.mjs'

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string
    databaseOwnerUrl: string
    databaseGatewayUrl: string
    breachedPasswordsUrl: string
    messageProvidersUrl: string
    relyingPartiesUrl: string
  }
}

/**
 * The plugin gives the worker what is in the `.dev.vars` beside the configuration it reads. What a developer has set up
 * for `npm start` is not what is tested, so it reads a copy that has none beside it.
 */
const configPath = 'dist/worker-tests/wrangler.toml'
mkdirSync(dirname(configPath), { recursive: true })
copyFileSync('wrangler.toml', configPath)

export default defineConfig({
  plugins: [
    browserScriptsInTests(),
    cloudflareTest(({ inject }) => ({
      main: './src/worker.ts',
      wrangler: { configPath },
      miniflare: {
        // Deployments have it, local development has not (wrangler.toml).
        r2Buckets: ['FILES'],
        bindings: {
          DATABASE_URL: inject('databaseUrl'),
          // For tests alone: a deployed worker does not have it.
          DATABASE_OWNER_URL: inject('databaseOwnerUrl'),
          DATABASE_GATEWAY_URL: inject('databaseGatewayUrl'),
          // For tests that configure it: the others look no password up.
          TEST_BREACHED_PASSWORDS_URL: inject('breachedPasswordsUrl'),
          // The same: the others send no messages.
          TEST_MESSAGE_PROVIDERS_URL: inject('messageProvidersUrl'),
          // Clients that are told of sign-outs.
          TEST_RELYING_PARTIES_URL: inject('relyingPartiesUrl'),
          AUTHLY_CLIENT_ADDRESS: 'cloudflare',
          // `npm start` switches them on.
          AUTHLY_METRICS: 'false',
          AUTHLY_LOG_ACCESS_RATIO: '0',
          AUTHLY_ISSUER: 'https://auth.test',
          AUTHLY_ROOT_SECRET: 'dGVzdC1yb290LXNlY3JldC10ZXN0LXJvb3Qtc2VjcmV0LTAwMQ',
        },
      },
    })),
  ],
  test: {
    name: 'worker',
    include: ['test/**/*.worker.test.ts'],
    globalSetup: [
      './test/setup/database.ts',
      './test/setup/breached-passwords.ts',
      './test/setup/message-providers.ts',
      './test/setup/relying-parties.ts',
    ],
    // The pool cannot follow imports without an extension, which a dependency of this library has.
    deps: {
      optimizer: {
        ssr: { enabled: true, include: ['@simplewebauthn/server', '@simplewebauthn/server/helpers'] },
      },
    },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Vitest leaves one core free, which is half of a small machine.
    maxWorkers: 2,
  },
})
