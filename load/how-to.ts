/** The part of docs/load.md on how to run it. */

export const howTo = `## Run it

\`npm run load\` takes about 25 minutes on an idle machine and needs Python 3.11 with venv, for Locust, and 21,500 file
descriptors (\`ulimit -n\`) for 10,000 open connections. \`npm run load -- --only soak --minutes 60\` runs one part and replaces
it here; \`--smoke\` runs everything at small scale within a minute and fails on any error. The scenarios are in \`load/scenarios/\`,
goals in \`load/goals.ts\`, rates in \`load/sizes.ts\`. A failure is any answer that was not expected, and any request without
an answer; 429 is counted apart.

Locust waits for answers; whoever wants a constant rate against a server elsewhere can use k6 (AGPL, so not part of this
project) with the executor that does not:

\`\`\`js
import http from 'k6/http'
export const options = {
  scenarios: { tokens: { executor: 'constant-arrival-rate', rate: 2000, duration: '1m', preAllocatedVUs: 64, maxVUs: 64 } },
  thresholds: { http_req_duration: ['p(99)<25'], http_req_failed: ['rate==0'] },
}
export default () =>
  http.post(\`\${__ENV.ISSUER}/oauth/token\`, {
    grant_type: 'client_credentials', client_id: __ENV.CLIENT_ID, client_secret: __ENV.CLIENT_SECRET,
  })
\`\`\`
`
