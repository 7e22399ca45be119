/**
 * Privileges the worker's role must not have: then no hole in the worker reaches further than its grants, and row
 * security applies to it. Membership counts like being the role, because SET ROLE switches to it.
 */

/**
 * SQL for a list of the excess privileges of `role`; empty for a role as it should be.
 * @param role SQL for its name: `current_user`, or a parameter
 */
export const roleRisks = (role: 'current_user' | '$1::name'): string => `array_remove(array[
  case when exists (select from pg_roles where rolsuper and pg_has_role(${role}, oid, 'member')) then 'is a superuser' end,
  case when exists (select from pg_roles where rolbypassrls and pg_has_role(${role}, oid, 'member')) then 'bypasses row security' end,
  case when exists (
    select from pg_class where relnamespace = 'public'::regnamespace and pg_has_role(${role}, relowner, 'member')
  ) then 'owns tables' end,
  case when has_schema_privilege(${role}, 'public', 'create') then 'may create in the schema' end
], null)`
