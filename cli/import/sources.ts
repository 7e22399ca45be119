/** All systems whose exports are taken. A new one is a file and a line here. */
import { auth0 } from './auth0.ts'
import { cognito } from './cognito.ts'
import { firebase } from './firebase.ts'
import { keycloak } from './keycloak.ts'
import { okta } from './okta.ts'
import type { Source } from './source.ts'
import { supabase } from './supabase.ts'

export const sources: readonly Source[] = [firebase, auth0, keycloak, cognito, okta, supabase]
