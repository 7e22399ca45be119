/** Claims about a user that a client can request: by scope (OpenID Connect Core §5.4) or by name (§5.5). */

/** §5.4, in the order of the specification. */
export const claimsByScope: Readonly<Record<string, readonly string[]>> = {
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
}

/** Every claim a client may request by name. */
export const userClaims: ReadonlySet<string> = new Set(Object.values(claimsByScope).flat())
