/** Settings of worker tests that are not the defaults: sign-ins lead straight to where they were going. */
export const ownSettings = { 'sign_in.promote_passkeys': false } as const
