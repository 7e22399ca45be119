/** Frameworks whose code runs on a server, and what is written for the SDK there. */
import type { Framework, FrameworkUse } from './framework.ts'

/** Served by @authly-server/server. */
const withSdk = (library: string): FrameworkUse => ({
  ...{ callback: '/auth/callback', backchannel: '/auth/backchannel-logout', library },
})
const web = (library: string, callback = '/auth/callback'): FrameworkUse => ({ callback, library })
const machine = (library: string): FrameworkUse => ({ library })

const inNode = machine('openid-client')
const inPython = machine('Authlib')

export const serverFrameworks = [
  {
    ...{ name: 'nextjs', title: 'Next.js', port: 3000, env_file: '.env.local' },
    uses: {
      web: withSdk('@authly-server/server/next'),
      spa: { callback: '/callback', prefix: 'NEXT_PUBLIC_', library: '@authly-server/react' },
      machine: inNode,
    },
  },
  {
    ...{ name: 'hono', title: 'Hono', port: 3000, env_file: '.dev.vars' },
    uses: {
      web: {
        ...withSdk('@authly-server/server/hono'),
        note: 'On Workers: npx wrangler dev --port 3000. Its default, 8787, is where npm start serves Authly.',
      },
      machine: inNode,
    },
  },
  {
    ...{ name: 'express', title: 'Express', port: 3000, env_file: '.env' },
    uses: { web: withSdk('@authly-server/server/express'), machine: inNode },
  },
  {
    ...{ name: 'sveltekit', title: 'SvelteKit', port: 5173, env_file: '.env' },
    uses: { web: withSdk('@authly-server/server'), machine: inNode },
  },
  {
    ...{ name: 'nuxt', title: 'Nuxt', port: 3000, env_file: '.env' },
    uses: { web: withSdk('@authly-server/server'), machine: inNode },
  },
  {
    ...{ name: 'astro', title: 'Astro', port: 4321, env_file: '.env' },
    uses: { web: withSdk('@authly-server/server'), machine: inNode },
  },
  {
    ...{ name: 'react-router', title: 'React Router (framework mode)', port: 5173, env_file: '.env' },
    uses: { web: withSdk('@authly-server/server'), machine: inNode },
  },
  {
    ...{ name: 'node', title: 'Node.js without a framework', port: 3000, env_file: '.env' },
    uses: { machine: inNode, web: withSdk('@authly-server/server') },
  },
  {
    ...{ name: 'fastapi', title: 'FastAPI', port: 8000, env_file: '.env' },
    uses: { web: web('Authlib'), machine: inPython },
  },
  {
    ...{ name: 'flask', title: 'Flask', port: 5000, env_file: '.env' },
    uses: { web: web('Authlib'), machine: inPython },
  },
  {
    ...{ name: 'django', title: 'Django', port: 8000, env_file: '.env' },
    uses: { web: web('Authlib'), machine: inPython },
  },
  {
    ...{ name: 'python', title: 'Python without a framework', env_file: '.env' },
    uses: { machine: inPython },
  },
  {
    ...{ name: 'go', title: 'Go (net/http)', port: 8080, env_file: '.env' },
    uses: { web: web('github.com/coreos/go-oidc'), machine: machine('golang.org/x/oauth2') },
  },
  {
    ...{ name: 'spring', title: 'Spring Boot', port: 8080, env_file: '.env' },
    uses: {
      web: web('spring-boot-starter-oauth2-client', '/login/oauth2/code/authly'),
      machine: machine('spring-boot-starter-oauth2-client'),
    },
  },
  {
    ...{ name: 'aspnet', title: 'ASP.NET Core', port: 5000, env_file: '.env' },
    uses: {
      web: {
        ...web('Microsoft.AspNetCore.Authentication.OpenIdConnect', '/signin-oidc'),
        signed_out: '/signout-callback-oidc',
      },
      machine: machine('Duende.AccessTokenManagement'),
    },
  },
  {
    ...{ name: 'laravel', title: 'Laravel', port: 8000, env_file: '.env' },
    uses: { web: web('Laravel Socialite'), machine: machine('league/oauth2-client') },
  },
  {
    ...{ name: 'rails', title: 'Ruby on Rails', port: 3000, env_file: '.env' },
    uses: {
      web: web('omniauth_openid_connect', '/auth/authly/callback'),
      machine: machine('the gem oauth2'),
    },
  },
] as const satisfies readonly Framework[]
