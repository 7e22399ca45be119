/** Steps that come after a password: whoever is asked for one has already proven something (label `method`). */
export const secondFactors = '=~totp|recovery_code'
