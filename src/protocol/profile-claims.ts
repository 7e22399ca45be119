/** Text claims of the scope `profile` (OpenID Connect Core §5.1), in the order of forms. */
export const profileClaims = [
  'name',
  'given_name',
  'middle_name',
  'family_name',
  'nickname',
  'preferred_username',
  'profile',
  'picture',
  'website',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
] as const

export type ProfileClaim = (typeof profileClaims)[number]
