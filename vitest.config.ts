import { defineConfig } from 'vitest/config'
import { browserScriptsInTests } from './scripts/stack/browser-script.mjs'

/** Vitest leaves one core free, which is half of a small machine; and most files wait for servers and clocks. */
const maxWorkers = 2

/** The packages of the SDK as their sources (sdk/js): nothing has to be built before a test. */
const sources = { conditions: ['authly-source', 'module', 'node', 'development|production'] }
const resolve = { resolve: sources, ssr: { resolve: sources } }

export default defineConfig({
  test: {
    // Most of what tests try is refused, each with a line of the log.
    onConsoleLog: (text) => !text.includes('"event":"request_refused"'),
    projects: [
      {
        ...resolve,
        plugins: [browserScriptsInTests()],
        test: {
          name: 'unit',
          environment: 'node',
          // Property tests on a busy machine.
          testTimeout: 30_000,
          maxWorkers,
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [
            '**/*.{worker,redis}.test.ts',
            'node_modules/**',
            'test/conformance/**',
            'test/e2e/**',
            'test/ops/**',
            'test/quickstarts/**/*.walk.test.ts',
            'test/scripts/**',
            'test/traces/**',
          ],
        },
      },
      './vitest.worker.config.ts',
      {
        test: {
          name: 'redis',
          environment: 'node',
          include: ['test/**/*.redis.test.ts'],
          globalSetup: ['./test/setup/redis.ts'],
          testTimeout: 30_000,
        },
      },
      {
        ...resolve,
        test: {
          name: 'scripts',
          environment: 'node',
          include: ['test/scripts/**/*.test.ts'],
          exclude: ['test/scripts/**/*.redis.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers,
        },
      },
      {
        ...resolve,
        test: {
          name: 'conformance',
          environment: 'node',
          include: ['test/conformance/**/*.test.ts'],
          globalSetup: ['./test/conformance/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'traces',
          environment: 'node',
          include: ['test/traces/**/*.test.ts'],
          globalSetup: ['./test/traces/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'ops',
          environment: 'node',
          include: ['test/ops/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'quickstarts',
          environment: 'node',
          include: ['test/quickstarts/**/*.walk.test.ts'],
          globalSetup: ['./test/quickstarts/global-setup.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          // They use the ports of their frameworks, as a reader would.
          fileParallelism: false,
        },
      },
      {
        ...resolve,
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['./test/setup/bundle.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers,
        },
      },
    ],
  },
})
