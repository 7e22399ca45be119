import { describe, expect, it } from 'vitest'
import { findTemplate, templateOf } from '../../src/kit/route-template.ts'

const routes = [
  '/',
  '/login',
  '/oauth/token',
  '/oauth/authorize/resume',
  '/admin/*',
  '/admin/users',
  '/admin/users/:user_id',
  '/admin/users/:user_id/sessions/:session_id',
  '/admin/users/export',
  '/assets/:name{authly\\.[0-9a-z]{7}\\.(?:css|svg)}',
].map((path) => ({ path }))

it('a template is written as in OpenAPI', () => {
  expect(routes.map(({ path }) => templateOf(path)).slice(-4)).toEqual([
    '/admin/users/{user_id}',
    '/admin/users/{user_id}/sessions/{session_id}',
    '/admin/users/export',
    '/assets/{name}',
  ])
})

describe('the template of a path', () => {
  it.each([
    ['/', '/'],
    ['/login', '/login'],
    ['/admin/users/4711', '/admin/users/{user_id}'],
    ['/admin/users/4711/sessions/s', '/admin/users/{user_id}/sessions/{session_id}'],
    ['/admin/users/export', '/admin/users/export'],
  ])('%s is %s', (path, template) => {
    expect(findTemplate(routes, path)).toBe(template)
  })

  it.each([
    ['/hunter2', '/*'],
    ['/login/hunter2', '/login/*'],
    ['/oauth/hunter2', '/oauth/*'],
    ['/oauth/authorize/hunter2/resume', '/oauth/authorize/*'],
    ['/admin/users/4711/hunter2', '/admin/users/{user_id}/*'],
    ['/admin/users/', '/admin/users/*'],
    ['//hunter2', '//*'],
    ['/:name', '/*'],
    ['', '/*'],
  ])('of %s, where there is nothing, is its known beginning %s', (path, template) => {
    expect(findTemplate(routes, path)).toBe(template)
  })
})
