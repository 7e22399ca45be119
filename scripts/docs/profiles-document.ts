/** docs/profiles.md: the table of profiles in words. */
import { type Profile, profiles } from '../../src/clients/profile.ts'
import { foundations } from '../../src/clients/profiles/foundations.ts'
import { demands } from '../../src/clients/profiles/index.ts'
import { generatedNotice, table } from './markdown.ts'

interface ProfileWords {
  readonly when: string
  readonly costs: string
}

const words: Readonly<Record<Profile, ProfileWords>> = {
  oidc: {
    when: 'Anything that signs people in, with the libraries that there are. The default',
    costs: 'Nothing. A confidential client can be registered without PKCE (`require_pkce`)',
  },
  'oauth2.1': {
    when: 'Applications of your own that are not older than PKCE',
    costs: 'Libraries that cannot do PKCE',
  },
  mcp: {
    when: 'Clients of MCP servers: programs that nobody registered by hand, and public ones',
    costs:
      'Each MCP server is registered as a resource server; every request names one of them. Private-use schemes (`com.example.app:/`) are refused',
  },
  'fapi2-security': {
    when: 'Money, health, whatever is worth an attack on the network or on a log',
    costs:
      'Clients need a key and a library that knows pushed requests and DPoP or mutual TLS. No public clients: a single-page or mobile application needs a backend. One more request per sign-in',
  },
  'fapi2-message-signing': {
    when: 'The same, and somebody must be able to prove later what was asked and answered',
    costs: 'Two signatures more per sign-in, and a library that knows JAR and JARM',
  },
}

const prose = {
  intro:
    'A profile is a set of demands from a specification that narrows OAuth. It is a member of a client (`profile`), or a setting of the deployment (`AUTHLY_CLIENT_PROFILE`) for all clients that have none. One table in `src/clients/profiles/` switches on what a profile demands, refuses what it forbids, and prints this page.',
  whose: [
    '**A client’s own profile wins over the deployment’s**, whether it is stricter or laxer. So one application can follow FAPI in a deployment that does not, and an old one can stay as it is in one that does. It also means that the profile of the deployment is a default and not a fence: whoever may change clients (`admin:clients:write`) can give one a laxer profile. `authly client-profiles check` lists the clients that have their own.',
    'The clients of the server itself (`authly-cli`, `authly-docs`) follow `oauth2.1`, so that no profile of the deployment shuts its administrators out. Bootstrapping sets that where no profile is set. Administrative scopes are for this server alone and need no `resource` under any profile.',
  ],
  register: [
    'A client is checked against its profile when it is registered and whenever members change that rules read together: what contradicts a demand is refused with the member that does (`#/require_pkce`). Members that are left out get defaults that the profile allows: ID tokens are signed with ES256 under FAPI, with RS256 elsewhere.',
    'A client can contradict its profile all the same: when the deployment got another profile after it was registered. Then each demand either pins what the client is served with, where that is safe and every application can notice it, or refuses its requests with a specified error. [Below](#what-each-demand-does) is which. Nothing is written: if the deployment goes back, so does the client.',
  ],
  change: [
    'A change is tried out first:',
    '```sh\nnpx authly clients update shop --client-profile fapi2-security --dry-run    # one client\nnpx authly client-profiles get fapi2-security                               # the deployment: what is demanded, what happens to grants\nnpx authly client-profiles check fapi2-security --all                       # the deployment: every client\n```',
    'The first one makes the same checks with the same rights as the change, and writes nothing, not even an event (`PATCH /admin/clients/{client_id}?dry_run=true`). It answers with `faults` (why it would be refused), `served` (members and rules that become others), `demands` and `lifted` (what is demanded from then on and what is not any more, each with what happens to living grants) and `people` (how many have given consent, so how many may have grants). The others are the dry run of `AUTHLY_CLIENT_PROFILE`.',
    'A change of a client is followed within a minute in its region and within two elsewhere, one of the deployment by each isolate that starts with it. No grant is ended by a change of profile. What the next use of one meets is told [below](#what-each-demand-does) too.',
  ],
  discovery:
    'The discovery document lists what clients of the deployment’s profile can use: methods, algorithms, and whether requests must be pushed or signed. A client with a profile of its own, stricter or laxer, is told its terms when it is registered; the document is one for all and cannot say them.',
}

/** docs/profiles.md */
export function profilesDocument(): string {
  return [
    generatedNotice('src/clients/profiles/ and scripts/docs/profiles-document.ts'),
    '# Profiles',
    prose.intro,
    '## Which one',
    table(
      ['Profile', 'For', 'What it costs'],
      profiles.map((profile) => [`\`${profile}\``, words[profile].when, words[profile].costs]),
    ),
    ...prose.whose,
    '## Demands',
    table(
      ['Demand', ...profiles.map((profile) => `\`${profile}\``)],
      demands.map((demand) => [
        `[${demand.words}](#${demand.id})`,
        ...profiles.map((profile) => (demand.profiles.includes(profile) ? '●' : '')),
      ]),
    ),
    'Every profile has these, because the server knows nothing else:',
    table(
      ['Demand', 'Specification'],
      foundations.map((each) => [each.words, each.specification]),
    ),
    '## Registering',
    ...prose.register,
    '## Changing the profile',
    ...prose.change,
    '## Discovery',
    prose.discovery,
    '## What each demand does',
    ...demands.map(({ id, specification, otherwise, grants }) =>
      [
        `### ${id}`,
        '',
        `- **Specification**: ${specification}.`,
        `- **A client registered otherwise**: ${otherwise}.`,
        `- **Its living grants**: ${grants}.`,
      ].join('\n'),
    ),
  ].join('\n\n')
}
