/** The `acr_values` parameter (OpenID Connect Core §3.1.2.1): wished classes of sign-ins, in order of preference. */

/** Long enough for all that exist; what comes after is ignored, as a wish may be. */
const maxValues = 20

export const parseAcrValues = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(' ')
    .filter((value) => value !== '')
    .slice(0, maxValues)
