/** What programs on people's devices are made with, and MCP clients that choose their redirect URIs themselves. */
import type { Framework } from './framework.ts'

export const deviceFrameworks = [
  {
    ...{ name: 'cli', title: 'Command line', env_file: '.env' },
    uses: { native: { library: 'openid-client, or golang.org/x/oauth2' } },
  },
  {
    ...{ name: 'electron', title: 'Electron', env_file: '.env' },
    uses: { native: { library: 'openid-client' } },
  },
  {
    ...{ name: 'expo', title: 'Expo (React Native)', env_file: '.env.local' },
    uses: { native: { private_scheme: true, prefix: 'EXPO_PUBLIC_', library: 'expo-auth-session' } },
  },
  {
    ...{ name: 'flutter', title: 'Flutter', env_file: '.env' },
    uses: { native: { private_scheme: true, library: 'flutter_appauth' } },
  },
  {
    ...{ name: 'android', title: 'Android', env_file: '.env' },
    uses: { native: { private_scheme: true, library: 'AppAuth for Android' } },
  },
  {
    ...{ name: 'ios', title: 'iOS', env_file: '.env' },
    uses: { native: { private_scheme: true, library: 'AppAuth for iOS' } },
  },
  {
    ...{ name: 'mcp-inspector', title: 'MCP Inspector', env_file: '.env' },
    uses: {
      mcp: {
        library: 'npx @modelcontextprotocol/inspector',
        redirect_uris: ['http://localhost:6274/oauth/callback', 'http://localhost:6274/oauth/callback/debug'],
      },
    },
  },
  {
    ...{ name: 'claude', title: 'Claude', env_file: '.env' },
    uses: {
      mcp: {
        library: 'a custom connector',
        redirect_uris: [
          'https://claude.ai/api/mcp/auth_callback',
          'https://claude.com/api/mcp/auth_callback',
        ],
        note: 'Claude calls the MCP server and Authly from the internet: neither can be on localhost.',
      },
    },
  },
  {
    ...{ name: 'claude-code', title: 'Claude Code', env_file: '.env' },
    uses: {
      mcp: {
        library: 'claude mcp add',
        redirect_uris: ['http://localhost:8080/callback'],
        note: 'claude mcp add --client-id … --callback-port 8080: another port is another redirect URI.',
      },
    },
  },
  {
    ...{ name: 'vscode', title: 'Visual Studio Code', env_file: '.env' },
    uses: {
      mcp: {
        library: '`oauth.clientId` in mcp.json',
        redirect_uris: ['http://127.0.0.1/', 'https://vscode.dev/redirect'],
      },
    },
  },
] as const satisfies readonly Framework[]
