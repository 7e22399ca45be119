import { type Preset, sharedReasons } from './preset.ts'

export const machine: Preset = {
  name: 'machine',
  words: 'Services and jobs that act for themselves: nobody signs in',
  variables: ['issuer', 'client_id', 'client_secret', 'audience'],
  takesApiScopes: false,
  members: () => ({
    application_type: 'web',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    scope: '',
  }),
  reasons: {
    token_endpoint_auth_method: sharedReasons.secretAnywhere,
    scope: 'none: nobody is asked for consent, so what it may do is named one by one',
    dpop_bound_access_tokens: 'getting a token takes the secret',
  },
  notes: ({ scope }) =>
    scope === ''
      ? ['It has no scopes: its tokens say who it is, and allow nothing. Name them with scope.']
      : [],
}
