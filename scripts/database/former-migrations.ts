/**
 * Before the first release there were 31 migrations, which are now one schema and a seed. A database made by them has
 * the same schema, but another journal: only `npm run db:carry-over` may replace that.
 */
import type pg from 'pg'
import { OperatorError } from '../process/operator-error.ts'
import { type Migration, recordMigration } from './migration-journal.ts'

/** The last commit with the former migrations: its `npm run db:migrate` brings an older database to the last of them. */
const lastCommit = 'a37d860'

/** Name and SHA-256 of each former migration, in order, as recorded by Drizzle. */
export const formerMigrations: readonly (readonly [name: string, hash: string])[] = [
  ['0000_init', '6b958a31b4e90190f6d4ac8000c235318623a97d3765e7b41aad6ad26223355e'],
  ['0001_admin_functions', '2eb67b1eed14d1fe07b5c94c709dde1760f2190c42d63268ee996e3772a1867a'],
  ['0002_admin', 'a9f7c770b7da0a4586b892e9cb8ad73defe44e2dcb4fbe5e3b8dc47c8fd69498'],
  ['0003_admin_rules', '3a69f8ea8c4e71cf1a3fd7d8ba83f57d44fffd33d5e28a0900999723673773da'],
  ['0004_audit_notify', 'df264a59a8f4af5b833140b16a2b6f3f7df5e6ea38cb22590040f9a3645937c6'],
  ['0005_job_details', 'a772a83f2c0c89d95e74bdfdf761a5380c73539119b3ef7968972847b09faf33'],
  ['0006_scope_versions', '2eefa8e294f87d181d1d28a2bece04e0a6c964824c969fdca6b2872bc2c7e6ee'],
  ['0007_admin_writes', '367f3437ca3008b3f7f1fdb34012e82d8fbd71cf5d4f84343d2cc90d288b9d91'],
  ['0008_role_rules', '820c58e4038528ab0c92f254bd6f19baf12c662059bd23656ab7b9f162d5819a'],
  ['0009_client_sector_uri', '401a29cdc7aabc7fb5182b0f5c75a5bb07180de7845978980d68028473ca064b'],
  ['0010_refuse', '0d1b9691ba72c21e1695c54c6e3da5ddaaf7fcb38db380561e245b64e63a87fd'],
  ['0011_user_list', '2b5427e8ee490ad35b6693fefd9ac6bd9df44342dfcef4f560262f195170eb54'],
  ['0012_client_list', 'd732f54e65ecf3b8c793e7e67f501123318d20d52bfc7db1bff230a634de030e'],
  ['0013_audit_words', '546e1586f0613441520b4737c2fd15db30ff2d19ddfa16d68490d5510e58e861'],
  ['0014_audit_order', '6e0b6780017b57cc8c98081a1f2636cf00a27348f0fca353274e981c568a1d6b'],
  ['0015_user_search_words', 'e516b5ecc6f2c2e299825d254beea483a32fa6a736c93191d33298045dd58a31'],
  ['0016_foreign_hashes', '94189948024b11a38668011f8dbe376b4ce25d173523465d8c771601cc73fd9c'],
  ['0017_audit_words_of_empty_text', 'ef6e0c41a37356943318a3486e312603b77000b494cbde2dfbf6b1f1aef1f618'],
  ['0018_audit_inet_of_no_address', 'b0bb7f244412a9cd888eda44b25f19280c9c939ae71bab49fd7cfa2f229786ec'],
  ['0019_audit_word_column', 'a0d8a22998de8d8ee186cd50bec32f9f7d73d7a6e753ed5fb68f0af4b0e4d51e'],
  ['0020_token_scopes', 'c4874067b3bd0b4015dbf115aea1eabc749d32ad29ad5843e43ba5c3c9d1c9d5'],
  ['0021_named_auth_method', '6ed2f08e97dd20fed8ec4997cf08774b1ebeeeaff72b50253b6e69db114b33ce'],
  ['0022_lent_authority', '9502cd06d6c036443a830821e9961a67a3f6bef1773b88b962adb921e3de9e9d'],
  ['0023_key_binding', '682b24cb8d268ec21daa11773926fb1809bc886eec7feb52fcc95f791f61aa8e'],
  ['0024_identifier_forms', 'f027ac5ad72e0a1f71a8ea95a19baf68ebb2deed77663e043bef771d7659eccb'],
  ['0025_identifier_rules', '0a33a750a33b9d65e3c14644ec4e5171bbafdb705e2bef5dd3a5b0f2e74b8799'],
  ['0026_client_ids', '3a0c39e652eb2fddec07025acd59b4f63d7af8b77fb06c6c1fd9545823c56b97'],
  ['0027_client_id_given_once', 'd692fd204b682158f938e8817ec1aa3bde85ef4e7df6afb759add3470fa2ed23'],
  ['0028_nonce_and_id_token_claims', '5d9aefdc162ed2d52840f95dad86f0e3492f2ac4779f1926fae06809ac6f2e64'],
  ['0029_fenced_clients', 'eda2672a40cf69ebbe81a419522dc042983cd163687ff246e44109547d7b424f'],
  ['0030_passwords_end_links', '160f64e9f78c43af30b471d93be6838aba7c8301fa33cf9e623fc46711b7a8ce'],
]

/** The number of current migrations that replace the former ones: the schema and the seed. */
const replacements = 2

/**
 * Whether the journal is that of the former migrations.
 * @throws OperatorError if it is, but incomplete or altered
 */
export function isFormerJournal(hashes: readonly string[]): boolean {
  if (hashes[0] !== formerMigrations[0]?.[1]) return false
  const isComplete =
    hashes.length === formerMigrations.length &&
    hashes.every((hash, index) => hash === formerMigrations[index]?.[1])
  if (isComplete) return true
  const last = formerMigrations.find(([, hash]) => hash === hashes.at(-1))?.[0] ?? 'an unknown migration'
  throw new OperatorError(
    `The database is from before the first release, and not at the last of the migrations of then (it is at ${last}).`,
    `Migrate it with the last version that has them first: git checkout ${lastCommit}, then npm ci and ` +
      'npm run db:migrate (or npm start, for the embedded Postgres); come back and run npm run db:carry-over.',
  )
}

/** Replaces the former journal, inside the caller's transaction; it is kept in drizzle.former_migrations. */
export async function replaceFormerJournal(
  client: pg.Client,
  migrations: readonly Migration[],
): Promise<void> {
  await client.query('CREATE TABLE drizzle.former_migrations AS TABLE drizzle.__drizzle_migrations')
  await client.query('DELETE FROM drizzle.__drizzle_migrations')
  for (const migration of migrations.slice(0, replacements)) await recordMigration(client, migration)
}
