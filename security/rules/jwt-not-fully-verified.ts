// ruleid: jwt-not-fully-verified
const { payload } = await jwtVerify(assertion, keys, { issuer })

// ruleid: jwt-not-fully-verified
const verified = await compactVerify(token, key)

// ruleid: jwt-not-fully-verified
const claims = decodeJwt(token)

// ok: jwt-not-fully-verified
const good = await jwtVerify(assertion, keys, { algorithms: [alg], issuer: client, audience: [issuer] })

// ok: jwt-not-fully-verified
const ours = await needs.verifyJwt(token, { typ: accessTokenType, acceptExpired: true })
