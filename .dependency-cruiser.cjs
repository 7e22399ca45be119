/**
 * Who may import whom (docs/architecture.md): worker -> app -> *.route -> domain -> kit, and
 * wiring -> *.store, *.object -> domain. Adapters point inward. Type imports count: a type drags its layer along.
 * Every exception is named here, with its reason.
 */

/** A file without a layer suffix holds domain rules. `.tsx` renders, `.d.ts` declares. */
const domain = '^src/[^/]+/.*[.]ts$'
const suffixed = '[.][a-z]+[.]ts$'
const adapter = '[.](?:store|object|table)[.]ts$'
const storeOrObject = '[.](?:store|object)[.]ts$'
/** A step of signing in is use case and page in one file, as an admin operation is (docs/decisions/0052). */
const web = '[.](?:route|page|step)[.]tsx?$'
/** The edge: what the platform calls, and the modules that are loaded for it when asked for (docs/decisions/0040). */
const entry =
  '^src/(?:worker|app|token-routes|lazy-app|wiring|stores|start-metrics|start-telemetry|cron-entry|job-entry|logout-entry|lazy-objects)[.]ts$'
/** The areas of wiring.ts: what turns bindings into dependencies. */
const wiring = '^src/wiring/'

/** Suffix-less files that are adapters all the same, because of the one package each wraps. */
const wrappers = [
  '^src/db/', // Drizzle schema and the Neon client: what stores are made of
  '^src/edge-cache/upstash-replica[.]ts$', // Upstash behind the Replica port
  '^src/rate-limits/upstash-permits[.]ts$', // Upstash behind the permits port
  '^src/passwords/argon2[.]ts$', // the WebAssembly module behind the PasswordHasher port
]
/** Suffix-less files that routes and pages share: they know Hono's types, and only routes and pages import them. */
const webHelpers = [
  '^src/kit/describe-route[.]ts$', // OpenAPI metadata of a route
  '^src/pages/(?:page|page-form|load-interaction|lost-interaction)[.]ts$', // what routes of hosted pages have in common
  '^src/account/(?:account-form|account-label|factor-change|sections/(?:account-section|index))[.]ts$', // what parts of the account page have in common
  '^src/login/(?:open-sign-in|leave-sign-in|read-browser|begin-step-up|steps/[a-z-]+)[.]ts$', // what steps of signing in and their route consist of
  '^src/registration/(?:open-registration|enter|registration-code|steps/[a-z-]+)[.]ts$', // the same of making an account
]
/**
 * Admin operations: a file each, with route, use case and SQL (docs/decisions/0019). What serves them, their lists
 * and the schemas they share know zod-openapi and the authorised database too.
 */
const adminOperations = [
  '[.]operation[.]ts$',
  '[.]kind[.]ts$', // kinds of jobs: what an operation is, for many rows
  '^src/admin/(?:operation|operations|serve-operation|describe-operation|authenticate|read-input|schemas)[.]ts$',
  '^src/admin/.*/index[.]ts$',
  '^src/jobs/job-kind[.]ts$', // what a kind of job is, its statements included
]
/** Schemas that are documented in the words of zod-openapi. */
const documentedSchemas = [
  '^src/admin/[^/]+/[^/.]+[.]ts$',
  '^src/admin/users/factors/[^/.]+[.]ts$',
  '^src/audit/search/event-filter[.]ts$',
  '^src/kit/field-schemas[.]ts$',
]

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one file, or one of them asks for a port.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-is-pure',
      comment:
        'Domain rules know no framework, database, platform or binding: they run anywhere, with fakes.',
      severity: 'error',
      from: {
        path: domain,
        pathNot: [suffixed, ...wrappers, ...webHelpers, ...adminOperations, ...documentedSchemas],
      },
      to: {
        path: '(?:^|node_modules/)(?:hono|@hono|drizzle-orm|@neondatabase|@upstash)(?:/|$)|^cloudflare:',
      },
    },
    {
      name: 'domain-imports-domain',
      comment: 'Adapters point inward: domain asks for a port (a function type) and wiring.ts hands it over.',
      severity: 'error',
      from: { path: domain, pathNot: [suffixed, wiring, ...wrappers, ...webHelpers, ...adminOperations] },
      to: { path: [storeOrObject, web, entry, wiring, ...wrappers, '^src/dependencies[.]ts$'] },
    },
    {
      name: 'sdk-stands-alone',
      comment:
        'The packages of the SDK are published without the server: they use each other and what they depend on.',
      severity: 'error',
      from: { path: '^sdk/' },
      to: { path: '^(?:src|cli|scripts|test|bench|load)/' },
    },
    {
      name: 'server-without-sdk',
      comment: 'The SDK is what applications use; the server uses none of it.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^sdk/' },
    },
    {
      name: 'kit-stands-alone',
      comment: 'kit/ is what every capability may use, so it can use none.',
      severity: 'error',
      from: { path: '^src/kit/' },
      to: { path: '^src/', pathNot: '^src/kit/' },
    },
    {
      name: 'object-calls-are-observed',
      comment:
        'Every call of an object passes one place (src/telemetry/observed-objects.ts), but for those that carry what was observed.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/telemetry/(?:observed-objects|metrics-client[.]object)[.]ts$' },
      to: { path: '^src/kit/place-objects[.]ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'stores-and-objects-are-wired',
      comment:
        'A capability uses another one through its domain file. Only wiring.ts, Durable Objects and jobs reach stores; env.d.ts names the object classes, worker.ts exports them.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '^src/(?:wiring|stores|start-metrics|cron-entry|lazy-objects|job-entry|logout-entry|worker)[.]ts$',
          wiring,
          '^src/env[.]d[.]ts$',
          '^src/dependencies[.]ts$', // what the authorized database is, not how it is made
          '[.](?:object|store)[.]ts$', // of their own folder: adapters-stay-in-their-capability
          ...adminOperations,
          '^src/admin/.*[.]store[.]ts$',
        ],
      },
      to: { path: storeOrObject },
    },
    {
      name: 'adapters-stay-in-their-capability',
      comment:
        "An object or a table uses the stores and tables of its own folder, never another capability's. Audit rides with the state change, so every object may flush its outbox; and whatever acts in somebody's name asks by one and the same statement.",
      severity: 'error',
      from: { path: '^src/([^/]+)/.*[.](?:store|object|table)[.]ts$' },
      to: {
        path: adapter,
        pathNot: [
          '^src/$1/',
          '^src/audit/(?:insert-events[.]store|deliver-events[.]store|erase-personal-data[.]store|repeated-events[.]table)[.]ts$',
          '^src/access/',
          '^src/audit/search/',
        ],
      },
    },
    {
      name: 'wrappers-are-wired',
      comment: 'Drizzle, Upstash and WebAssembly are reached through their ports.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '^src/(?:wiring|stores|cron-entry)[.]ts$',
          wiring,
          '^src/dependencies[.]ts$',
          storeOrObject,
          ...adminOperations,
          ...wrappers,
        ],
      },
      to: { path: wrappers },
    },
    {
      name: 'one-door-to-postgres',
      comment:
        'Who administers reaches Postgres by an authorized database, which wiring.ts makes (docs/decisions/0030). The schema, readers of rows and types are no way to it.',
      severity: 'error',
      from: { path: ['^src/admin/', '[.](?:operation|kind)[.]ts$'] },
      to: { path: '^src/db/(?!(?:schema|json-row|fragments)[.]ts$)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'authentication-authorizes',
      comment: 'An Authorized is made of a token that was found alive, for the operation it was sent to.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/admin/authenticate[.]ts$' },
      to: { path: '^src/access/authorize-actor[.]ts$' },
    },
    {
      name: 'routes-are-mounted-by-app',
      comment:
        'A route is a leaf of app.ts and of the lists it mounts; a capability may compose its own routes.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(?:app|token-routes|lazy-app)[.]ts$', '[.]route[.]tsx?$'] },
      to: { path: '[.]route[.]tsx?$' },
    },
    {
      name: 'routes-of-one-capability',
      severity: 'error',
      comment: 'Routes of different capabilities meet in app.ts and the lists it mounts only.',
      from: { path: '^src/([^/]+)/.*[.]route[.]tsx?$' },
      to: { path: '[.]route[.]tsx?$', pathNot: ['^src/$1/', '^src/pages/'] },
    },
    {
      name: 'web-helpers-serve-the-web',
      comment: 'What knows Hono is for routes and pages.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/(?:token-routes|lazy-app)[.]ts$', web, '[.]tsx$', ...webHelpers, ...adminOperations],
      },
      to: { path: [...webHelpers, '[.]page[.]tsx?$'] },
    },
    {
      name: 'one-way-from-worker-to-app',
      comment:
        'Nothing imports worker.ts; only worker.ts imports app.ts, only app.ts what it loads when asked for.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(?:worker|app)[.]ts$' },
      to: { path: '^src/(?:worker|app|lazy-app)[.]ts$' },
    },
    {
      name: 'wiring-is-called-at-the-edge',
      comment:
        'Dependencies are built per request (worker.ts), per cron run (cron-entry.ts) and where an object calls clients (logout-entry.ts), nowhere else.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(?:worker|cron-entry|logout-entry)[.]ts$' },
      to: { path: '^src/wiring[.]ts$' },
    },
    {
      name: 'wiring-is-one-thing',
      comment: 'Areas of wiring are put together by wiring.ts, and reached through it.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/wiring[.]ts$', wiring] },
      to: { path: wiring },
    },
    {
      name: 'source-needs-only-source',
      comment: 'What is deployed depends on nothing that is not.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(?:cli|test|scripts|bench)/' },
    },
    {
      name: 'command-line-speaks-http',
      comment:
        'The command line runs on people’s machines. From the server it takes only pure code that both sides must agree on. Its launcher prepares the clone.',
      severity: 'error',
      from: { path: '^cli/' },
      to: {
        path: '^(?:src|scripts|bench)/',
        pathNot: [
          '^src/(?:http-signatures|evidence/format)/',
          '^src/(?:jobs/formats|passwords/foreign)/', // files of accounts, and which hashes are taken
          '^src/protocol/scope-parameter[.]ts$', // which scopes are those of the administration
          '^src/one-time-passwords/base32[.]ts$', // how seeds are written
          '^src/users/(?:jobs/upload-row|normal-form)[.]ts$', // what a row may hold, and which names are the same
          '^src/pages/(?:stylesheet|icon)[.]ts$', // the page that ends a sign-in looks like those before it
          '^scripts/ensure-(?:built|installed)[.]mjs$',
        ],
      },
    },
    {
      name: 'nothing-imports-tests',
      comment:
        'Test code serves tests. The I/O budgets are a test table first, and printed in the documents from there.',
      severity: 'error',
      from: { pathNot: ['^test/'] },
      to: { path: '^test/', pathNot: '^test/contracts/budgets[.]ts$' },
    },
    {
      name: 'source-uses-declared-packages',
      comment: 'The worker bundles production dependencies only; types vanish.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'core'],
        dependencyTypesNot: ['type-only'],
        // Workers have them natively: hashes of other systems need what WebCrypto lacks, domains what URL does, and
        // only async_hooks knows for which request code runs.
        pathNot: '^(?:node:)?(?:async_hooks|crypto|url)$',
      },
    },
    {
      name: 'everything-resolves',
      comment:
        'The platform modules (cloudflare:*) exist in workerd only, those of Next.js where it is installed.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(?:cloudflare:|next/(?:headers|navigation|server)$)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The programs in `calls` import clients that are generated beside a copy of them, and Next.js is installed beside a
    // copy of its application.
    exclude: {
      path: '^(?:node_modules/[.]|dist/|sdk/js/[^/]+/dist/|[.]wrangler/|scripts/check/generators/calls/|test/conformance/sdk-server/next-application/)',
    },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['authly-source', 'workerd', 'worker', 'import', 'require', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.d.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
}
