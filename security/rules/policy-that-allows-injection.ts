// ruleid: policy-that-allows-injection
const policy = "script-src 'self' 'unsafe-inline'"

// ruleid: policy-that-allows-injection
const wide = "script-src 'self' https: ; base-uri 'none'"

// ok: policy-that-allows-injection
const strict = "default-src 'none'; style-src 'self'"
