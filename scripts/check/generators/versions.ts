import { goVersion } from '../../toolchains/go.ts'

/** Each tool is pinned: another version makes other code, and CI must not change by itself. */
export const versions = {
  '@redocly/cli': '2.77.0',
  '@stoplight/spectral-cli': '6.16.3',
  '@types/node': '24.10.1',
  esbuild: '0.25.12',
  go: goVersion,
  'oapi-codegen': 'v2.8.2',
  'openapi-fetch': '0.17.0',
  'openapi-generator': '7.25.0',
  'openapi-python-client': '0.29.1',
  'openapi-typescript': '7.13.0',
  typescript: '5.9.3',
} as const
